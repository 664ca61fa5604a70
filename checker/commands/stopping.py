"""Ctrl-C, and what a scheduler sends: let in only where nothing is half written."""

from __future__ import annotations

import signal
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, TracebackType

Each = TypeVar("Each")


class Stopping:
    """While it is entered, the first SIGINT or SIGTERM is a KeyboardInterrupt between two things, the next at once."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self.asked = False
        self.at_once = False  # it was asked again
        self.is_open = False
        self.before: dict[signal.Signals, object] = {}

    def __enter__(self) -> None:
        if current_thread() is main_thread():  # others are not told of signals
            for each in (signal.SIGINT, signal.SIGTERM):
                self.before[each] = signal.signal(each, self._come)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for each, handler in self.before.items():
            signal.signal(each, handler)  # type: ignore[arg-type]  # as `signal` gave it

    def between(self, things: Iterator[Each]) -> Iterator[Each]:
        """The same things; while the next is waited for, the signals are let in."""
        while True:
            self.is_open = True
            try:
                if self.asked:
                    raise KeyboardInterrupt
                thing = next(things)
            except StopIteration:
                return
            finally:
                self.is_open = False
            yield thing

    def _come(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as signals are told
        self.at_once, self.asked = self.asked, True
        if self.is_open or self.at_once:
            raise KeyboardInterrupt

"""How far a long run is: one line on a terminal, gone when the run is over."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

_PATIENCE = 1.0  # seconds before anything is shown
_PAUSE = 0.1  # between two lines
_WIDTH = 24
_MINUTE = 60
_ERASE = "\r\x1b[K"


class Progress:
    """A bar with rate and time left. Shown only where it can be seen, and no sooner than it is of any use."""

    def __init__(self, total: int, *, quiet: bool, environ: Mapping[str, str], stream: TextIO | None = None) -> None:
        """Start the clock; the total is the best that is known as yet."""
        self.stream = sys.stderr if stream is None else stream
        terminal = self.stream is not None and self.stream.isatty() and environ.get("TERM") != "dumb"
        self.is_wanted = terminal and not quiet
        self.is_shown = False
        self.begin(total)

    def begin(self, total: int) -> None:
        """Start the clock anew, for so many."""
        self.total, self.done = total, 0
        self.start = time.monotonic()
        self.last = self.start + _PATIENCE - _PAUSE

    def step(self) -> None:
        """One more is done; the line is drawn anew if it is time."""
        self.done = min(self.done + 1, self.total)  # a file that has changed can come to more
        now = time.monotonic()
        if self.is_wanted and self.total > 1 and now - self.last > _PAUSE:
            self._write(_ERASE + bar(self.done, self.total, now - self.start))
            self.is_shown, self.last = True, now

    def clear(self) -> None:
        """Take the line away, before anything else is written."""
        if self.is_shown:
            self._write(_ERASE)
            self.is_shown = False

    def _write(self, text: str) -> None:
        from checker.outputs import write_stream

        write_stream(self.stream, text)


def bar(done: int, total: int, seconds: float) -> str:
    """`[####....] 120 of 1,000, 14.2 a second, 1:02 left`; nothing but ASCII, and no colour."""
    filled = _WIDTH * done // total
    rate = done / seconds
    left = (total - done) / rate if rate else 0
    return f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done:,} of {total:,}, {rate:.1f} a second, {_clock(left)} left"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

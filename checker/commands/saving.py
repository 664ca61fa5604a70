"""Reports to where `-o FORMAT[=PATH]` sends them: at once, or bit by bit as cases are judged."""

from __future__ import annotations

import sys
from typing import IO, TYPE_CHECKING

from checker.commands.written import put, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from checker.commands.progress import Progress
    from checker.outputs import Draft, Output
    from checker.report.streamed import Streamed
    from checker.results import Results
    from checker.terminal import Look

_BLOCK = 1 << 16  # letters copied at once
_IN_MEMORY = 1 << 20  # bytes kept without a file: where nothing may be written, a report of some cases still can be


def save(output: Output, text: str) -> bool:
    """A report to its file or to standard output; False, and a line on standard error, if it could not be written."""
    if output.path is not None:
        return save_file(output.path, text)
    try:
        put(text)
    except OSError as error:
        return refused(None, error)
    return True


def save_file(path: str, content: str | bytes) -> bool:
    """The same to a file."""
    from checker.outputs import write_file

    try:
        write_file(path, content)
    except OSError as error:
        return refused(path, error)
    return True


def write_or_refuse(path: str, content: str | bytes) -> None:
    """A file that a command is there to change; UsageError if it can't be written."""
    from checker.errors import UsageError, quoted
    from checker.outputs import reason, write_file

    try:
        write_file(path, content)
    except OSError as error:
        message = f"can't write {quoted(path)}: {reason(error)}"
        raise UsageError(message) from None


def refused(path: str | None, error: OSError) -> bool:
    """Say that a report could not be written (None: to standard output); False."""
    from checker.outputs import reason

    tell(f"can't write {'to standard output' if path is None else path}: {reason(error)}")
    return False


class Stream:
    """A report that is written case by case: where it can be at once, else kept in a file without a name till the end.

    `wait`: nothing may be seen of it before the end. A file is whole or is not there.
    """

    def __init__(self, output: Output, format_: Streamed, look: Look, progress: Progress, *, wait: bool) -> None:
        """Begin with nothing written."""
        self.output, self.format, self.look, self.progress = output, format_, look, progress
        self.draft: Draft | None = None
        self.bodies: IO[str] | None = None  # the cases, where they are not written at once
        self.waits = format_.head is not None or (wait and output.path is None)
        self.any_case = False
        self.is_seen = False  # some of it stands where it can't be taken back, and the end does not yet
        self.failed = False

    def take(self, texts: Iterable[str]) -> None:
        """The next cases."""
        told = list(texts)
        if not told or self.failed:
            return
        text = (self.format.between if self.any_case else "") + self.format.between.join(told)
        self.any_case = True
        self.is_seen = self.output.path is None and not self.waits
        self._safely(lambda: self._keep(text) if self.waits else self._write(text))

    def close(self, results: Results) -> bool:
        """What stands before and after the cases; False if something could not be written."""
        self.is_seen = False
        self._safely(lambda: self._close(results))
        self.drop()
        return not self.failed

    def drop(self) -> None:
        """Leave nothing half done behind."""
        if self.draft is not None:
            self.draft.drop()
        if self.bodies is not None:
            self.bodies.close()

    def _safely(self, write: Callable[[], None]) -> None:
        if self.failed:
            return
        try:
            write()
        except OSError as error:
            self.failed = True
            self.progress.clear()
            refused(self.output.path, error)

    def _keep(self, text: str) -> None:
        if self.bodies is None:
            from tempfile import SpooledTemporaryFile

            self.bodies = SpooledTemporaryFile(  # noqa: SIM115 - `drop` closes it
                _IN_MEMORY, "w+", encoding="utf-8", errors="surrogatepass", newline=""
            )
        self.bodies.write(text)

    def _write(self, text: str) -> None:
        if self.output.path is None:
            if sys.stdout is not None and sys.stdout.isatty():
                self.progress.clear()
            put(text)
            return
        if self.draft is None:
            from checker.outputs import Draft

            self.draft = Draft(self.output.path)
        self.draft.write(text)

    def _close(self, results: Results) -> None:
        head = "" if self.format.head is None else self.format.head(results, self.look)
        for text in _pieces(head, self.bodies, self.format.foot(results, self.look, self.any_case)):
            self._write(text)
        if self.draft is not None:
            self.draft.keep()


def _pieces(head: str, bodies: IO[str] | None, foot: str) -> Iterator[str]:
    """A whole report, a bit at a time."""
    yield head
    if bodies is not None:
        bodies.seek(0)
        while text := bodies.read(_BLOCK):
            yield text
    yield foot

"""Where reports go: `-o FORMAT[=PATH]` read, and text written whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple, TextIO

from checker.errors import UsageError, nearest, printable, quoted
from checker.terminal import silence, speak_utf8


class Output(NamedTuple):
    """A format, and the file it goes to; None is standard output."""

    format: str
    path: str | None


def parse_outputs(spelt: Iterable[str], formats: Collection[str]) -> tuple[Output, ...]:
    """What `-o` asks for; text on standard output where it asks for nothing."""
    outputs = [_output(each, formats) for each in spelt] or [Output("text", None)]
    taken: set[str | None] = set()
    for _, path in outputs:
        place = None if path is None else os.path.realpath(path)
        if place in taken:
            where = "standard output" if path is None else quoted(path)
            message = f"--output: two reports would go to {where}; write `FORMAT=PATH` with a path of its own"
            raise UsageError(message)
        taken.add(place)
    return tuple(outputs)


def refuse_inputs(outputs: Iterable[Output], inputs: Iterable[str | None]) -> None:
    """UsageError where a report would take the place of a file that the run reads; `inputs` are their names."""
    targets = {known: each.path for each in outputs if each.path and (known := _identity(each.path))}
    for name in inputs if targets else ():
        known = None if name is None else _identity(name)
        if known is not None and known in targets:
            message = f"--output: {quoted(targets[known])} is read in this run; a report there would take its place"
            raise UsageError(message)


def _identity(path: str) -> tuple[int, int] | None:
    """What a file is by whatever name; None where there is none."""
    try:
        state = os.stat(path)  # noqa: PTH116 - a name as the user wrote it
    except (OSError, ValueError):
        return None
    return state.st_dev, state.st_ino


def _output(spelt: str, formats: Collection[str]) -> Output:
    name, equals, path = spelt.partition("=")
    if name not in formats:
        known = ", ".join(formats)
        message = f"--output: unknown format {quoted(name)}{nearest(name, formats) or f'; known are {known}'}"
        raise UsageError(message)
    if equals and not path:
        message = f"--output: {quoted(spelt)} names no file after `=`"
        raise UsageError(message)
    if not path or path == "-":
        return Output(name, None)
    if why := unfit(path):
        message = f"--output: can't write {quoted(path)}: {why}"
        raise UsageError(message)
    return Output(name, path)


def unfit(path: str) -> str:
    """Why a file can't be written, as far as that is seen before any work is done; '' where nothing speaks against."""
    target = Path(path)
    try:
        if target.is_dir():
            return "it is a folder"
        if not target.parent.is_dir():
            return f"there is no folder {quoted(target.parent)}"
        refused = not os.access(target if target.exists() else target.parent, os.W_OK)
    except (OSError, ValueError) as error:  # too long for a name, or a NUL in it
        return reason(error)
    return "permission denied" if refused else ""


def encoded(text: str) -> bytes:
    """UTF-8; half a character (of a file name that is none) is escaped."""
    return text.encode("utf-8", "backslashreplace")


def write_file(path: str, text: str | bytes) -> None:
    """Write a file whole or not at all."""
    draft = Draft(path)
    try:
        draft.write(text)
        draft.keep()
    finally:
        draft.drop()


class Draft:
    """A file beside another that takes its place once it is written; a device or a pipe is written to as it is."""

    def __init__(self, path: str) -> None:
        """Begin it; OSError where that can't be."""
        self.target = Path(path).resolve()
        is_special = self.target.exists() and not self.target.is_file()
        self.beside = None if is_special else _beside(self.target)
        self.file: BinaryIO = self.target.open("wb") if self.beside is None else self.beside.open("xb")

    def write(self, text: str | bytes) -> None:
        """Write a bit more."""
        self.file.write(text if isinstance(text, bytes) else encoded(text))

    def keep(self) -> None:
        """Put what is written in its place."""
        self.file.close()
        if self.beside is not None:
            self.beside.replace(self.target)

    def drop(self) -> None:
        """Leave nothing behind; what was kept stays."""
        with suppress(OSError):  # what could not be written before can't be now
            self.file.close()
        if self.beside is not None:
            self.beside.unlink(missing_ok=True)


def _beside(target: Path) -> Path:
    """A name beside a file that no other has, of no more letters than a file system allows."""
    return target.with_name(f".{target.name[:50]}.{os.urandom(8).hex()}.tmp")


def write_new(target: Path, content: bytes) -> None:
    """Write a file that must not be there yet, whole or not at all; FileExistsError where it is."""
    beside = _beside(target)
    try:
        with beside.open("xb") as file:
            file.write(content)
        try:
            target.hardlink_to(beside)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            with target.open("xb") as file:
                file.write(content)
    finally:
        beside.unlink(missing_ok=True)


def write_stream(stream: TextIO | None, text: str) -> None:
    """Write and flush. A reader who went away is no error; any other failure is raised once, not again at exit."""
    if stream is None or not text:
        return
    speak_utf8(stream)
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        silence(stream)
    except OSError as error:
        silence(stream)
        if error.errno != errno.EPIPE:
            raise


def reason(error: Exception) -> str:
    """Why the system refused, in its words."""
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return printable(told[:1].lower() + told[1:])

"""The file that settings stand in: found, read, and the place of every key in it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from checker.errors import Place, Problem, ProblemsError, quoted

if TYPE_CHECKING:
    from datetime import date, time

Toml: TypeAlias = "str | int | float | bool | date | time | list[Toml] | dict[str, Toml]"

OWN, SHARED = "servanda.toml", "pyproject.toml"
TABLE = ("tool", "servanda")
_NAME = TABLE[-1].encode()
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class SettingsError(ProblemsError):
    """Settings can't be used."""


class SettingsFile:
    """A file of settings as it stands on disk."""

    def __init__(self, path: Path, name: str, text: str) -> None:
        """Hold the text of a file that users know by a name; SettingsError where it is no TOML."""
        self.folder, self.name, self._text = path.parent, name, text
        self._above = TABLE if path.name == SHARED else ()
        try:
            self._whole = _loads(text)
        except (ValueError, RecursionError) as error:
            raise SettingsError([_no_toml(error, name, text)]) from None

    @cached_property
    def table(self) -> Mapping[str, Toml] | None:
        """The settings; None where the file has none."""
        found = _under(self._whole, self._above)
        if found is None or isinstance(found, dict):
            return found
        raise SettingsError([Problem(self._place(self._above), f"{quoted('.'.join(self._above))} must be a table")])

    def place(self, *keys: str) -> Place:
        """Where a key of the settings is written."""
        return self._place((*self._above, *keys))

    def _place(self, keys: tuple[str, ...]) -> Place:
        """The last line that names a key and before which it is not there; Python's reader of TOML tells no places."""
        lines = self._text.split("\n")
        for number in range(len(lines), 0, -1):
            if keys[-1] in lines[number - 1] and _lacks("\n".join(lines[: number - 1]), keys):
                return Place(self.name, number, lines[number - 1].index(keys[-1]) + 1)
        return Place(self.name)


def find_file(named: str | None, cwd: Path) -> SettingsFile | None:
    """The file named; else the nearest from a folder up that holds settings; None where there is none."""
    if named is not None:
        return _read(Path(cwd, named), named)
    for folder in (cwd, *cwd.parents):
        found = [each for each in _in(folder, cwd) if each.table is not None]
        if len(found) > 1:
            message = f"there are settings in {quoted(found[1].name)} too; keep them in one file"
            raise SettingsError([Problem(Place(found[0].name), message)])
        if found:
            return found[0]
    return None


def _in(folder: Path, cwd: Path) -> Iterator[SettingsFile]:
    for name in (OWN, SHARED):
        path = folder / name
        if path.is_file() and (name == OWN or _NAME in path.read_bytes()):  # most projects have no settings for us
            yield _read(path, os.path.relpath(path, cwd))


def _read(path: Path, name: str) -> SettingsFile:
    try:
        return SettingsFile(path, name, path.read_bytes().decode())
    except UnicodeDecodeError:
        message = "this is not UTF-8; save the file as UTF-8"
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        message = f"can't be read: {error.strerror if isinstance(error, OSError) else error}"
    raise SettingsError([Problem(Place(name), message)])


def _loads(text: str) -> dict[str, Toml]:
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415 - only where there is a file
    else:
        import tomli as tomllib  # noqa: PLC0415

    loaded: dict[str, Toml] = tomllib.loads(text)
    return loaded


def _no_toml(error: ValueError | RecursionError, name: str, text: str) -> Problem:
    if isinstance(error, RecursionError):
        return Problem(Place(name), "nested too deeply")
    told = str(error)
    at = _WHERE.search(told)
    line, column = (int(at[1]), int(at[2])) if at and at[1] else (text.count("\n") + 1, 1)
    message = told[: at.start()] if at else told
    return Problem(Place(name, line, column), f"this is not TOML: {message[:1].lower()}{message[1:]}")


def _lacks(text: str, keys: tuple[str, ...]) -> bool:
    """Whether a text is whole TOML without a key."""
    try:
        return _under(_loads(text), keys) is None
    except (ValueError, RecursionError):
        return False


def _under(value: Toml, keys: tuple[str, ...]) -> Toml | None:
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return value

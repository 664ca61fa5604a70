"""A new pack: the one in `starter/` under another name, with the schemas that editors read beside it.

What is made is read as a pack before anything is written, and nothing that is there is overwritten.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from checker.errors import UsageError, quoted
from checker.model import Pack
from checker.options import SchemaName
from checker.outputs import encoded, reason, write_file, write_new
from checker.pack import load_pack
from checker.schema import schema_for_editors
from checker.shelf import shipped
from checker.splice_style import in_quotes, means_itself
from checker.version import __version__

EXAMPLE = "# example"  # what ends a line that whoever owns the pack has to replace
FOLDER = ".schemas"
_STARTER = Path(__file__).with_name("starter")
_SCHEMAS: tuple[SchemaName, ...] = ("pack", "rules", "case", "tests")
_NAME = re.compile(r"[a-z][a-z0-9-]*")

Files = Mapping[PurePosixPath, str]  # by their path in the pack's folder


def new_pack(folder: Path, name: str | None, title: str | None) -> Files:
    """Write a new pack; what was written. UsageError where the name is none, or a file is there already."""
    called = _name(folder, name)
    files = {path: _filled(text, called, title) for path, text in _starter()}
    files |= _schemas_of(files)
    if there := [str(path) for path in files if (folder / path).exists() or (folder / path).is_symlink()]:
        message = f"{quoted(folder)} holds {', '.join(map(quoted, there))} already; nothing was written"
        raise UsageError(message)
    _write(folder, files)
    return files


def refreshed(folder: Path) -> Files:
    """Make the schemas of a pack anew, and write those that are others than before; what was written."""
    made = schemas(load_pack(folder))
    changed = {path: text for path, text in made.items() if _content(folder / path) != encoded(text)}
    try:
        (folder / FOLDER).mkdir(exist_ok=True)
        for path, text in changed.items():
            write_file(str(folder / path), text)
    except OSError as error:
        message = f"can't write {quoted(folder / FOLDER)}: {reason(error)}"
        raise UsageError(message) from None
    return changed


def schemas(pack: Pack) -> Files:
    """What an editor needs to know of the files of a pack."""
    return {PurePosixPath(FOLDER, f"{which}.schema.json"): schema_for_editors(which, pack) for which in _SCHEMAS}


def examples(files: Files) -> Iterator[tuple[PurePosixPath, int, str]]:
    """The lines that are yours to replace: file, number and text."""
    for path, text in files.items():
        for number, line in enumerate(text.splitlines(), 1):
            if line.endswith(EXAMPLE):
                yield path, number, line.removesuffix(EXAMPLE).strip()


def _starter() -> Iterator[tuple[PurePosixPath, str]]:
    for path in sorted(_STARTER.rglob("*")):
        if path.is_file():
            yield PurePosixPath(path.relative_to(_STARTER).as_posix()), path.read_text("utf-8")


def _filled(text: str, name: str, title: str | None) -> str:
    spelt = "The agreement of this pack" if title is None else title if means_itself(title) else in_quotes(title)
    if title is None:
        spelt += f"  {EXAMPLE}"
    return text.replace("starter", name).replace("VERSION", __version__).replace("TITLE", spelt)


def _name(folder: Path, name: str | None) -> str:
    """The name given, else that of the folder."""
    called = folder.resolve().name if name is None else name
    if not _NAME.fullmatch(called):
        message = f"{quoted(called)} is no name for a pack; write small letters, digits and hyphens"
        raise UsageError(message if name is not None else f"{message}: `--name NAME`")
    if called in shipped():
        message = (
            f"a shipped pack is called {quoted(called)}, and cases that name it mean that one; call yours otherwise"
        )
        raise UsageError(message)
    return called


def _schemas_of(files: Files) -> Files:
    with tempfile.TemporaryDirectory(prefix="servanda-") as made:
        _write(Path(made), files)
        return schemas(load_pack(Path(made)))


def _write(folder: Path, files: Files) -> None:
    try:
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            write_new(folder / path, encoded(text))
    except OSError as error:
        message = f"can't write to {quoted(folder)}: {reason(error)}"
        raise UsageError(message) from None


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None

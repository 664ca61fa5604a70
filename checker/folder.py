"""A folder of files that a command writes, and writes again: each file whole or not at all, and nobody else's touched.

A list of what was written lies among the files. Only what stands in it is replaced, or removed when it is no longer
written. A folder that holds something and no such list is refused, and so is a file that somebody else put where one
is to be written; both before anything is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from checker.errors import UsageError, quoted
from checker.outputs import write_file

LIST = "written-by-servanda.json"


def write_folder(folder: str, files: Mapping[str, str]) -> None:
    """Write files, by their paths within the folder; the folder is made where there is none."""
    root = Path(folder)
    before = _listed(root)
    if not before and root.is_dir() and any(root.iterdir()):
        message = f"{quoted(root)} is not empty, and this command did not write it; name a folder that is new or empty"
        raise UsageError(message)
    if foreign := [name for name in files if name not in before and (root / name).exists()]:
        others = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        message = f"{quoted(root / foreign[0])}{others} would be overwritten, and this command did not write it"
        raise UsageError(message)
    _make(root, {root, *((root / name).parent for name in files)})
    write_file(str(root / LIST), _spelt(before | files.keys()))  # so that what a broken run leaves is known as ours
    for name in files:
        write_file(str(root / name), files[name])
    for name in sorted(before - files.keys()):
        (root / name).unlink(missing_ok=True)
        with suppress(OSError):  # not empty
            (root / name).parent.rmdir()
    write_file(str(root / LIST), _spelt(files))


def _make(root: Path, folders: Iterable[Path]) -> None:
    try:
        for folder in sorted(folders):
            folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        message = f"{quoted(root)} can't be such a folder: {quoted(error.filename)} is a file"
        raise UsageError(message) from error


def _spelt(names: Iterable[str]) -> str:
    return json.dumps(sorted(names), indent=0, ensure_ascii=False) + "\n"


def _listed(root: Path) -> frozenset[str]:
    """The files that an earlier run wrote; names that lead out of the folder are none of ours."""
    try:
        told: object = json.loads((root / LIST).read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    except (ValueError, IsADirectoryError):
        told = None
    if not isinstance(told, list):
        message = (
            f"{quoted(root / LIST)} is not the list that this command writes; take it away, or name another folder"
        )
        raise UsageError(message)
    paths = [PurePosixPath(name) for name in told if isinstance(name, str)]
    return frozenset(str(path) for path in paths if not path.is_absolute() and ".." not in path.parts)

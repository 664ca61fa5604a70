"""Where the packs are that came with the checker, and which pack a name or a path means.

A wheel carries the packs inside the package (`checker/rules`); in a checkout they stand beside it
(`rules`). Nothing here depends on the working directory, except a path that the user wrote.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from checker.errors import CheckerError, UsageError, nearest, quoted

_PACKAGE = Path(__file__).resolve().parent


def packs_folder() -> Path:
    """The folder of the shipped packs."""
    inside, beside = _PACKAGE / "rules", _PACKAGE.parent / "rules"
    for folder in (inside, beside):
        if folder.is_dir():
            return folder
    message = f"this installation has no packs: neither {quoted(inside)} nor {quoted(beside)} is a folder"
    raise CheckerError(message)


def shipped() -> tuple[str, ...]:
    """The names of the shipped packs, sorted."""
    return tuple(sorted(head.parent.name for head in packs_folder().glob("*/pack.yaml")))


def find_pack(name_or_path: str) -> Path:
    """The folder of a pack, shipped or on disk.

    A shipped name wins over a folder of that name in the working directory: where a command is
    run must not change which rules it judges by. `./name` means the folder.
    """
    if _is_path(name_or_path):
        return _on_disk(name_or_path)
    known = shipped()
    if name_or_path in known:
        return packs_folder() / name_or_path
    if name_or_path and _is_folder(name_or_path):
        return Path(name_or_path)
    hint = nearest(name_or_path, known) or f"; the shipped packs are {', '.join(map(quoted, known)) or 'none'}"
    message = f"no pack is called {quoted(name_or_path)}{hint}"
    raise UsageError(message)


def pack_digest(folder: Path) -> str:
    """The hash of a pack's files: their names and bytes, in order."""
    digest = hashlib.sha256()
    for path in pack_files(folder):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def pack_files(folder: Path) -> list[Path]:
    """`pack.yaml` first, then the others by name."""
    return sorted(folder.glob("*.yaml"), key=lambda path: (path.name != "pack.yaml", path.name))


def _is_path(text: str) -> bool:
    return text.startswith(".") or "/" in text or os.sep in text


def _on_disk(path: str) -> Path:
    if _is_folder(path):
        return Path(path)
    if Path(path).name == "pack.yaml":
        message = f"{quoted(path)} is not a folder; a pack is named by its folder, {quoted(Path(path).parent)}"
    else:
        message = f"there is no folder {quoted(path)}"
    raise UsageError(message)


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):  # too long for a name, or holds a NUL
        return False

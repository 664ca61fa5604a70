"""Packs as they were at a commit: `GITREF:PATH`, as git itself spells it, read through git into a temporary folder."""

from __future__ import annotations

import tempfile
from pathlib import Path

from checker.errors import PackError, Place, Problem
from checker.history import files_at
from checker.model import Pack
from checker.pack import load_pack
from checker.shelf import find_pack


def pack_at(spelt: str) -> Pack:
    """A shipped pack, one in a folder, or one at a commit; PackError tells of its problems as the pack is spelt."""
    if not _is_revision(spelt):
        return load_pack(find_pack(spelt))
    with tempfile.TemporaryDirectory(prefix="servanda-") as made:
        folder = Path(made).resolve()
        for name, content in files_at(spelt, ".yaml").items():
            (folder / name).write_bytes(content)
        try:
            return load_pack(folder)
        except PackError as error:
            raise PackError(_told(problem, str(folder), spelt) for problem in error.problems) from None


def place_in(pack: Pack, spelt: str, place: Place) -> Place:
    """A place in the folder that was made for a pack, as the user knows it; any other place as it is."""
    if not _is_revision(spelt) or str(Path(place.file).parent) != pack.folder:
        return place
    return place._replace(file=f"{spelt.rstrip('/')}/{Path(place.file).name}")


def _told(problem: Problem, folder: str, spelt: str) -> Problem:
    if problem.place is None:
        return Problem(None, problem.message.replace(folder, spelt))
    return Problem(problem.place._replace(file=problem.place.file.replace(folder, spelt.rstrip("/"))), problem.message)


def _is_revision(spelt: str) -> bool:
    reference, colon, _ = spelt.partition(":")
    return bool(colon and len(reference) > 1) and not Path(spelt).exists()  # one letter: a drive

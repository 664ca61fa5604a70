"""Of the cases named, those that a change can have turned: `check --changed-since REF`.

A case is left out only if git knows that its file is as it was. What git doesn't follow, what lies outside the
repository and standard input are judged. If anything changed by which all cases are judged (a pack, waivers, a
baseline, settings), so are all cases.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from checker.history import Since, since
from checker.options import Options
from checker.settings import FILE_VARIABLE, OFF
from checker.settings_file import OWN, find_file
from checker.shelf import find_pack, pack_files, shipped
from checker.sources import CaseSource
from checker.waivers import FILE


class Selection(NamedTuple):
    """The cases to judge, how many were left out, and a changed file because of which none was."""

    sources: tuple[CaseSource, ...]
    left_out: int
    because_of: str | None


def changed_cases(sources: Iterable[CaseSource], ref: str, options: Options) -> Selection:
    """The sources that changed since this checkout left `ref`; UsageError where git can't tell."""
    listed, git = tuple(sources), since(ref)
    decisive = min(_decisive(options, git), default=None)
    if decisive is not None:
        return Selection(listed, 0, os.path.relpath(decisive))
    kept = tuple(each for each in listed if each.problem is not None or not _is_as_it_was(each.name, git))
    return Selection(kept, len(listed) - len(kept), None)


def _decisive(options: Options, git: Since) -> set[Path]:
    """What changed in the repository and decides about every case, whether it is there, new or gone."""
    folders = {find_pack(name).resolve() for name in (*shipped(), *filter(None, [options.pack]))}
    files = {file for folder in folders for file in pack_files(folder)}
    files |= {Path(each).resolve() for each in (options.waivers, options.baseline, _settings()) if each is not None}
    there = {file for file in files if file.is_relative_to(git.root) and file not in git.kept}
    return there | {
        path for path in git.changed if path.name in (OWN, FILE) or (path.suffix == ".yaml" and path.parent in folders)
    }


def _settings() -> Path | None:
    """The file of settings that a run here reads."""
    named = os.environ.get(FILE_VARIABLE) or None
    file = None if named == OFF else find_file(named, Path.cwd())
    return None if file is None else file.folder / Path(file.name).name


def _is_as_it_was(name: str, git: Since) -> bool:
    """Whether the file is, and, if it is a link, the file that it leads to."""
    path = Path(name)
    return {path.parent.resolve() / path.name, path.resolve()} <= git.kept

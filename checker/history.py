"""Files as git has them at a ref. The only module that runs git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

from checker.errors import UsageError, printable, quoted

_LINK = "120000"  # git's mode of a symbolic link


def file_at(ref: str, path: str) -> bytes | None:
    """The content of a file at a ref; None where there is none. UsageError where git can't look, with its reason."""
    file = Path(path).absolute()
    if not file.parent.is_dir():
        message = f"there is no folder {quoted(file.parent)}"
        raise UsageError(message)
    found = _git(file.parent, "cat-file", "blob", f"{_commit(file.parent, ref)}:./{file.name}")
    return None if found.returncode else found.stdout


def files_at(spelt: str, ending: str) -> dict[str, bytes]:
    """The files of a folder at a commit, `REF:PATH` as git spells it, by name; links and folders in it are left out."""
    listed = _git(Path(), "ls-tree", "-z", "--full-tree", "--end-of-options", spelt.rstrip("/"))
    if listed.returncode:
        reason = printable(listed.stderr.decode(errors="replace").strip().partition("\n")[0].removeprefix("fatal: "))
        message = f"git can't read {quoted(spelt)}: {reason[:1].lower()}{reason[1:]}"
        raise UsageError(message)
    found: dict[str, bytes] = {}
    for entry in filter(None, listed.stdout.split(b"\0")):
        about, _, name = entry.partition(b"\t")
        mode, kind, blob = about.decode().split(" ")
        if kind == "blob" and mode != _LINK and (file := os.fsdecode(name)).endswith(ending):
            found[file] = _git(Path(), "cat-file", "blob", blob).stdout
    return found


class Since(NamedTuple):
    """The files of a repository that git follows, by their whole paths: as they were at a commit, and changed since.

    `changed` names files that are gone, too, and `kept` none of those that git doesn't follow.
    """

    root: Path
    kept: frozenset[Path]
    changed: frozenset[Path]


def since(ref: str) -> Since:
    """What this checkout, committed or not, changed since it left `ref`. UsageError where git can't tell."""
    commit = _commit(Path(), ref)
    base = _git(Path(), "merge-base", commit, "HEAD")
    if base.returncode:
        hint = "in a shallow clone, `git fetch --unshallow` first"
        message = f"git finds no commit from which both {quoted(ref)} and this checkout come; {hint}"
        raise UsageError(message)
    root = Path(os.fsdecode(_output(Path(), "rev-parse", "--show-toplevel").rstrip(b"\n")))
    compare = ("diff", "--name-only", "--no-renames", "--no-ext-diff", "--ignore-submodules", "-z")
    changed = _paths(root, _output(root, *compare, base.stdout.decode().strip(), "--"))
    return Since(root, _paths(root, _output(root, "ls-files", "-z")) - changed, changed)


def _paths(root: Path, listed: bytes) -> frozenset[Path]:
    return frozenset(root / os.fsdecode(each) for each in listed.split(b"\0") if each)


def _commit(folder: Path, ref: str) -> str:
    """The id of the commit that a ref names."""
    if ref.startswith("-") or ":" in ref:
        message = f"{quoted(ref)} is no name of a commit, a branch or a tag"
        raise UsageError(message)
    commit = _git(folder, "rev-parse", "--verify", f"{ref}^{{commit}}")
    if commit.returncode:
        reason = _reason(commit)
        known = "no such commit, branch or tag" if reason == "Needed a single revision" else reason
        message = f"git can't look at {quoted(ref)}: {known}"
        raise UsageError(message)
    return commit.stdout.decode().strip()


def _output(folder: Path, *arguments: str) -> bytes:
    done = _git(folder, *arguments)
    if done.returncode:
        message = f"git can't say what changed: {_reason(done)}"
        raise UsageError(message)
    return done.stdout


def _reason(done: subprocess.CompletedProcess[bytes]) -> str:
    return printable(done.stderr.decode(errors="replace").strip().partition("\n")[0].removeprefix("fatal: "))


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environ = {**os.environ, "LC_ALL": "C"}
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, capture_output=True, env=environ, check=False)  # noqa: S603 - no shell
    except OSError:
        message = "git is needed to read a file as it was, and is not there"
        raise UsageError(message) from None

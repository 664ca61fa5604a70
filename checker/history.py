"""Files as git has them at a ref. The only module that runs another program."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from checker.errors import UsageError, printable, quoted

_LINK = "120000"  # git's mode of a symbolic link


def file_at(ref: str, path: str) -> bytes | None:
    """The content of a file at a ref; None where there is none. UsageError where git can't look, with its reason."""
    file = Path(path).absolute()
    if ref.startswith("-") or ":" in ref:
        message = f"{quoted(ref)} is no name of a commit, a branch or a tag"
        raise UsageError(message)
    if not file.parent.is_dir():
        message = f"there is no folder {quoted(file.parent)}"
        raise UsageError(message)
    commit = _git(file.parent, "rev-parse", "--verify", f"{ref}^{{commit}}")
    if commit.returncode:
        reason = printable(commit.stderr.decode(errors="replace").strip().removeprefix("fatal: "))
        known = "no such commit, branch or tag" if reason == "Needed a single revision" else reason
        message = f"git can't look at {quoted(ref)}: {known}"
        raise UsageError(message)
    found = _git(file.parent, "cat-file", "blob", f"{commit.stdout.decode().strip()}:./{file.name}")
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


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environ = {**os.environ, "LC_ALL": "C"}
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, capture_output=True, env=environ, check=False)  # noqa: S603 - no shell
    except OSError:
        message = "git is needed to read a file as it was, and is not there"
        raise UsageError(message) from None

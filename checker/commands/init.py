"""The command `init`: a new pack that passes at once, and the schemas that editors read beside a pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.flags import QuietFlag, option
from checker.commands.written import put

if TYPE_CHECKING:
    from pathlib import Path

    from checker.scaffold import Files


def command(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The folder of the pack; made if it is not there.")],
    *,
    name: Annotated[str | None, option("--name", "ID", "What cases call the pack; else the folder's name.")] = None,
    title: Annotated[str | None, option("--title", "TEXT", "What the agreement is called.")] = None,
    schemas: Annotated[
        bool, typer.Option("--schemas", help="Only make the schemas for editors anew, of a pack that is there.")
    ] = False,
    quiet: QuietFlag = False,
) -> int:
    """Make a new pack with a rule, its tests and an example, which all pass; nothing is overwritten."""
    from pathlib import Path

    from checker.errors import UsageError
    from checker.scaffold import new_pack, refreshed

    if schemas and (name or title):
        message = "--schemas leaves the pack as it is; leave out --name and --title"
        raise UsageError(message)
    where = Path(folder)
    if schemas:
        told = _listed(where, refreshed(where)) or f"the schemas of {folder} are up to date\n"
    else:
        files = new_pack(where, name, title)
        told = _listed(where, files) + _to_do(where, files)
    if not quiet:
        put(told)
    return 0


def _listed(folder: Path, files: Files) -> str:
    from checker.terminal import line

    return "".join(line(f"wrote {folder / path}") + "\n" for path in files)


def _to_do(folder: Path, files: Files) -> str:
    """What to try, and every invented line, so that none is forgotten."""
    from checker.scaffold import examples
    from checker.terminal import shown

    case = next(folder / path for path in files if path.parts[0] == "examples")
    lines = ["", "Try it:", f"  servanda test {folder}", f"  servanda lint {folder}"]
    lines += [f"  servanda check --pack {_as_path(folder)} {case}", "", "Invented, and yours to replace:"]
    lines += [f"  {folder / path}:{number}: {text}" for path, number, text in examples(files)]
    lines += ["  and with these the cases in tests and examples, and what CHANGELOG.md says"]
    return "".join(f"{shown(each)}\n" for each in lines)


def _as_path(folder: Path) -> str:
    """The folder as `--pack` takes it: a name without a slash would be looked up among the shipped packs first."""
    return f"./{folder}" if len(folder.parts) == 1 and not folder.is_absolute() else str(folder)

"""The command `fmt`: packs and cases laid out in one way."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.flags import ColourFlag, QuietFlag, look_of
from checker.commands.written import problem_lines, put, tell
from checker.exits import NO_ANSWER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checker.sources import CaseSource
    from checker.terminal import Look

WOULD_CHANGE = 1


def command(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="A file, a folder, a glob; - is standard input.")
    ] = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit with 1 if a file would change.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Write nothing, show what would change; exit with 1 if anything would.")
    ] = False,
    quiet: QuietFlag = False,
    color: ColourFlag = "auto",
) -> int:
    """Lay out YAML files: indentation, spaces, blank lines. What they say stays, and so does every comment."""
    look = look_of(color, quiet=quiet)
    from checker.errors import UsageError

    if not files:
        message = "nothing to format: name a file, a folder or a glob, or `-` for standard input"
        raise UsageError(message)
    done = [_one(source, look, check=check, diff=diff) for source in _sources(files)]
    if not done:
        message = "nothing to format: there is no YAML file here"
        raise UsageError(message)
    changed, same = done.count("changed"), done.count("same")
    if not look.quiet and "-" not in files:
        verb = "would be reformatted" if check or diff else "reformatted"
        left = "it is" if same == 1 else "they are"
        tell(f"{changed} {'file' if changed == 1 else 'files'} {verb}, {same} left as {left}")
    if "failed" in done:
        return NO_ANSWER
    return WOULD_CHANGE if changed and (check or diff) else 0


def _sources(files: list[str]) -> Iterator[CaseSource]:
    """The YAML files that the arguments name; JSON in a folder is passed over."""
    from checker.load_tree import Limits
    from checker.sources import Search, find_cases

    search = Search(sys.stdin.buffer if sys.stdin is not None else None, Limits().bytes)
    for source in find_cases(files, search):
        if source.format in (None, "yaml"):
            yield source
        elif source.name in files:
            yield source._replace(content=None, problem="only YAML is formatted")


def _one(source: CaseSource, look: Look, *, check: bool, diff: bool) -> str:
    """What came of one file: `same`, `changed` (or would be) or `failed`."""
    from checker.formatting.layout import FormatError, formatted
    from checker.outputs import reason
    from checker.sources import STDIN
    from checker.terminal import line

    if source.content is None:
        tell(line(f"{source.name}: {source.problem}"))
        return "failed"
    try:
        after = formatted(source.content, source.name)
        if diff:
            put(_difference(source.content, after, source.name, look))
        elif source.name == STDIN and not check:
            put(after.decode())
        elif after != source.content and not check:
            _write(source.name, after)
    except FormatError as error:
        tell(*problem_lines(error.problems))
        return "failed"
    except OSError as error:
        tell(line(f"can't write {source.name}: {reason(error)}"))
        return "failed"
    if after == source.content:
        return "same"
    if not (diff or look.quiet or source.name == STDIN):
        put(line(f"{'would reformat' if check else 'reformatted'} {source.name}") + "\n")
    return "changed"


def _write(name: str, content: bytes) -> None:
    from pathlib import Path

    from checker.outputs import write_file

    mode = Path(name).stat().st_mode
    write_file(name, content.decode())
    Path(name).chmod(mode)


def _difference(before: bytes, after: bytes, name: str, look: Look) -> str:
    """A unified diff, as `patch` reads it; on a terminal in colours."""
    from difflib import unified_diff

    from checker.terminal import shown

    styles = {"+": "green", "-": "red", "@": "cyan"}
    old, new = (text.decode().splitlines(keepends=True) for text in (before, after))
    told = ""
    for each in unified_diff(old, new, name, name):
        text = each.removesuffix("\n")
        told += look.paint(shown(text), styles.get(each[0], "")) if look.colour else text
        told += "\n" if each.endswith("\n") else "\n\\ No newline at end of file\n"
    return told

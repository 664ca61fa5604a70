"""The command `config`: what is set, and where."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.flags import one_of
from checker.commands.written import put

if TYPE_CHECKING:
    from checker.settings import Effective


def command(what: Annotated[str, typer.Argument(metavar="show", help="Show every setting.")]) -> int:
    """Show every setting with its value and where it is from: a file, the environment or the default."""
    one_of(("show",), what, "config")
    from checker.settings import effective
    from checker.terminal import columns, line

    told = [(_spelt(each), _origin(each)) for each in effective(os.environ, Path.cwd())]
    width = max(columns(spelt) for spelt, _ in told)
    put("".join(f"{line(spelt)}{' ' * (width - columns(spelt))}  # {line(origin)}\n" for spelt, origin in told))
    return 0


def _spelt(each: Effective) -> str:
    """The setting as a file says it; where it has no value, as a comment."""
    name, value = each.setting.name, each.value
    if value is None:
        return f"# {name}"
    if each.setting.kind == "options" and isinstance(value, list):
        pairs = (option.partition("=") for option in value)
        told = ", ".join(f"{question} = {json.dumps(option, ensure_ascii=False)}" for question, _, option in pairs)
        return f"{name} = {{{told}}}"
    return f"{name} = {json.dumps(value, ensure_ascii=False)}"


def _origin(each: Effective) -> str:
    return each.origin if each.value is not None else f"{each.origin}: {each.setting.otherwise}"

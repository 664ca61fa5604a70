"""The command line: arguments in, reports and an exit status out.

Agents and editors pay for the start each time. So the module of a command is imported only when
the command runs or has to be listed, and what a command needs only when it runs: the imports
within functions, here and in `commands`, have that one reason. What a command decides is decided
elsewhere; it reads words, calls, writes, and every refusal becomes a line and a status.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from checker.commands.written import PROGRAM
from checker.exits import INTERRUPTED, NO_ANSWER

# In the order in which they are listed. Each is a module of `commands` with a function `command`.
COMMANDS = (
    "check",
    "report",
    "baseline",
    "waiver",
    "test",
    "lint",
    "rules",
    "explain",
    "calendar",
    "graph",
    "schema",
    "config",
    "diff",
    "init",
    "fmt",
)


def main() -> NoReturn:
    """Run the command line and end the process with its status."""
    gc.set_threshold(100_000, 20, 20)  # a process that reads, judges and ends has little rubbish to look for
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit status of a command line. Nothing is raised but what ends the process on purpose."""
    from checker.commands.written import first_lower, reasons, tell

    try:
        app, settings = _app(arguments), _settings(arguments)
        status = app(arguments or ["--help"], prog_name=PROGRAM, standalone_mode=False, default_map=settings)
        return int(status or 0) if arguments else NO_ANSWER
    except KeyboardInterrupt:
        return INTERRUPTED
    except typer.TyperException as error:
        tell(first_lower(error.format_message()))
    except Exception as error:  # noqa: BLE001 - the last word: whatever it was, there is no answer
        tell(*reasons(error))
    return NO_ANSWER


def _app(arguments: list[str]) -> typer.Typer:
    """The commands that these arguments need: the one they name, all of them for help, or to say which there are."""
    app = typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_top)
    first = next(iter(arguments), "--help")
    for name in (first,) if first in COMMANDS else () if first == "--version" else COMMANDS:
        app.command(name)(_command(name))
    return app


def _command(name: str) -> Callable[..., int]:
    command: Callable[..., int] = import_module(f"checker.commands.{name}").command
    return command


def _settings(arguments: list[str]) -> dict[str, dict[str, object]]:
    """What is set of the parameters of the command that is run; nothing where only help is wanted."""
    name = next(iter(arguments), "")
    if name not in COMMANDS or name == "config" or {"--help", "-h"} & set(arguments):
        return {}
    from checker.settings import parameters

    return {name: {**parameters(name, os.environ, Path.cwd())}}


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        from checker import __version__

        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


def _top(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Check actions and plans against an agreement, and say why.

    Exit status: 0, all was judged and nothing fails; 1, something fails; 2, there is no answer.
    """


if __name__ == "__main__":
    main()

"""The command `schema`: JSON Schemas for editors and other programs."""

from __future__ import annotations

from typing import Annotated

import typer

from checker.commands.flags import PackFlag, one_of, pack_of
from checker.commands.written import put


def command(
    which: Annotated[str, typer.Argument(metavar="WHICH", help="case, pack or report.")],
    pack: PackFlag = None,
) -> int:
    """Print a JSON Schema, for editors and other programs."""
    from checker.case_schema import schema_text
    from checker.options import SCHEMAS

    name = one_of(SCHEMAS, which, "schema")
    text = schema_text(name, pack_of(pack) if name == "case" else None)
    put(text if text.endswith("\n") else f"{text}\n")
    return 0

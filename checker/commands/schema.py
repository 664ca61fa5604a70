"""The command `schema`: JSON Schemas for editors and other programs."""

from __future__ import annotations

from typing import Annotated

import typer

from checker.commands.flags import PackFlag, one_of, pack_of
from checker.commands.written import put


def command(
    which: Annotated[
        str, typer.Argument(metavar="WHICH", help="case, tests, pack, rules, report, waivers, baseline or lint.")
    ],
    pack: PackFlag = None,
) -> int:
    """Print the JSON Schema of a kind of file; of cases and tests, that of a pack."""
    from checker.options import SCHEMAS
    from checker.schema import schema_text

    name = one_of(SCHEMAS, which, "schema")
    put(schema_text(name, pack_of(pack) if name in ("case", "tests") else None))
    return 0

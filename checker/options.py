"""What a caller may ask of a check. Light to import: the command line and the programs' door both start here."""

from __future__ import annotations

from typing import Literal, NamedTuple

FAIL_ON = ("violated", "contested", "undetermined", "pending", "never")
ENGINES = ("both", "durable", "referee")
SHOW = ("findings", "all")
SchemaName = Literal["case", "tests", "pack", "rules", "report", "waivers", "baseline", "lint"]
SCHEMAS: tuple[SchemaName, ...] = ("case", "tests", "pack", "rules", "report", "waivers", "baseline", "lint")
DEFAULT_PACK = "isls"


class Options(NamedTuple):
    """How to judge. None leaves the choice to the checker: the case's pack, today, both engines, the usual limits.

    `select` and `ignore` hold rule ids and globs. `show_all` asks for what complies too, as evidence.
    `assume` holds facts as a case spells them, `without` ids: each case is judged with those and without these.
    `timeline`: gather the days of each case, for a report that draws them.
    `waivers` and `baseline` are files; `waivers_from` the git ref at which to read the first.
    """

    pack: str | None = None
    as_of: str | None = None
    readings: tuple[tuple[str, str], ...] = ()
    fail_on: str = "undetermined"
    min_severity: str = "error"
    min_basis: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    show_all: bool = False
    engine: str | None = None
    allow_empty: bool = False
    max_bytes: int | None = None
    max_depth: int | None = None
    max_nodes: int | None = None
    max_aliases: int | None = None
    lang: str = "en"
    assume: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    apply_remedy: int | None = None
    remedies: bool = True
    waivers: str | None = None
    waivers_from: str | None = None
    baseline: str | None = None
    timeline: bool = False

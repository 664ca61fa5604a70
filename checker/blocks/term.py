"""`term`: how long an agreement lasts: a first period, further ones of a fixed length, and what ends them."""

from __future__ import annotations

from collections.abc import Mapping

from checker.blocks.words import TITLES
from checker.blocks.writing import Block, Choice, Data

PERIOD, END = "period", "term-end"
_SHORTER = {"corresponding": "", "day-before": " - P1D"}


def expand(block: Block) -> None:
    """The periods one after another, each with its first and last day, and the last day in force."""
    block.type(PERIOD, {"number": "integer", "start": "date", "end": "date", "counted-from": "date"}, counter="number")
    if may_end(block):
        block.type(END, {"day": "date"}, day="day")
    for choice in block.choices("ends-on") or [Choice({}, block.node_of("corresponding"), "")]:
        _first(block, choice)
        if "renews" in block.parts:
            _renewal(block, choice)
    _end(block)


def may_end(block: Block) -> bool:
    """Whether anything can end the term: a notice, or its length where it is not renewed."""
    return "unless" in block.parts if "renews" in block.parts else block.word("lasts", "none") != "none"


def start(block: Block, variable: str) -> Mapping[str, Data]:
    """The pattern that binds the first day of a term: of the event that starts it, or of the day it names."""
    node = block.parts["starts"]
    if isinstance(node.value, dict):
        (event, spelt), *_ = node.value.items()
        return {event: {str(spelt.value): variable}}
    return {"term-start": {"term": block.id, "day": variable}}


def _first(block: Block, choice: Choice) -> None:
    if not isinstance(block.parts["starts"].value, dict) and not choice.suffix:
        block.type("term-start", {"term": "id", "day": "date"}, world="closed")
        block.fact("term-start", {"term": block.id, "day": block.parts["starts"]})
    length = block.word("lasts", "none")
    until = "none" if length == "none" else f"$start + {length}"
    end = until if until == "none" else f"{until}{_SHORTER[choice.word]}"
    period: Mapping[str, Data] = {"number": 1, "start": "$start", "end": end, "counted-from": until}
    title = block.parts.get("title")
    block.means(
        choice.suffix.removeprefix("-"),
        TITLES["first"] if title is None or choice.suffix else {},
        {**({"title": title} if title and not choice.suffix else {}), "when": [start(block, "$start")],
         "means": [{PERIOD: period}]},
        choice.reading,
    )  # fmt: skip


def _renewal(block: Block, choice: Choice) -> None:
    further = f"$first + {block.word('renews')} × $n{_SHORTER[choice.word]}"
    following: Mapping[str, Data] = {
        "number": "$n + 1", "start": "$end + P1D", "end": further, "counted-from": "$first"
    }  # fmt: skip
    body: dict[str, Data] = {"when": [{PERIOD: {"number": "$n", "end": "$end", "counted-from": "$first"}}]}
    if ended := _ended(block):
        body["unless"] = ended
    block.means(f"renewal{choice.suffix}", TITLES["renewal"], {**body, "means": [{PERIOD: following}]}, choice.reading)


def _end(block: Block) -> None:
    """The last day in force: of a period that a notice ends, or without renewal of the only one."""
    period: Data = {PERIOD: {"number": "$n", "end": {"is": "$end", "not": "none"}}}
    ended: Data = {END: {"day": "$end"}}
    if "renews" not in block.parts:
        if block.word("lasts", "none") != "none":
            block.means("end", TITLES["last-day"], {"when": [period], "means": [ended]})
        return
    for index, way in enumerate(_ended(block)):
        suffix = f"-{index + 1}" if index else ""
        block.means(f"end{suffix}", TITLES["end"], {"when": [period, way], "means": [ended]})


def _ended(block: Block) -> list[Mapping[str, Data]]:
    """What ends period `$n`: a timely notice of a block of notices."""
    found: list[Mapping[str, Data]] = []
    for node in block.words("unless"):
        kind, parts = block.around.blocks.get(str(node.value), ("", node))
        if kind != "notice" or not isinstance(parts.value, dict):
            notices = [name for name, (kind, _) in block.around.blocks.items() if kind == "notice"]
            block.unknown(node, "block of a notice", notices)
            continue
        given = str(parts.value["with"].value) if "with" in parts.value else "notice"
        found.append({f"timely-{given}": {"to-end": "$n"}})
    return found

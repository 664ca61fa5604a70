"""`route`: with whom a partner must have an agreement before it takes part, act by act."""

from __future__ import annotations

from collections.abc import Mapping

from checker.blocks.writing import Block, Choice, Data, Named, Reading, under
from checker.load import Node


def expand(block: Block) -> None:
    """One rule for each act: the block's own id for the first, `id/act` for the others."""
    for index, act in enumerate(block.words("of")):
        day = _day_of(block, str(act.value))
        body: dict[str, Data] = {
            "by": "$by",
            "when": [{Named(act): {"id": "$action", "by": "$by", "partner": "$partner", day: "$day"}}],
            "needs": [item for choice in block.choices("with") for item in _needed(block, choice)],
        }
        block.main(body, str(act.value) if index else "")


def _day_of(block: Block, act: str) -> str:
    kind = block.around.types.get(act)
    node = kind.value.get("day") if kind is not None and isinstance(kind.value, dict) else None
    return "day" if node is None else str(node.value)


def _needed(block: Block, choice: Choice) -> list[Mapping[str, Data]]:
    """An agreement with each body, or with one of them."""
    bodies = block.words("among")
    if choice.word == "all":
        each = (_agreement(block, body, f"$a{number}", choice.reading) for number, body in enumerate(bodies, 1))
        return [item for agreement in each for item in agreement]
    return _agreement(block, block.node_of({"in": bodies}), "$a", choice.reading)


def _agreement(block: Block, body: Node, variable: str, reading: Reading) -> list[Mapping[str, Data]]:
    """A bilateral agreement signed by the day of the act, and not left by then."""
    signed: dict[str, Data] = {"agency": body, "partner": "$partner", "signed": {"on-or-before": "$day"}}
    if "left-by" not in block.parts:
        return [under({Named(block.parts["by-agreement"]): signed}, reading)]
    gone: Data = {Named(block.parts["left-by"]): {"agreement": variable, "day": {"on-or-before": "$day"}}}
    return [
        under({Named(block.parts["by-agreement"]): {"id": variable, **signed}}, reading),
        under({"absent": gone}, reading),
    ]

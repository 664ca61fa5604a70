"""`quota`: at most so many acts of a kind, counted in the order of their days."""

from __future__ import annotations

from checker.blocks.writing import Block, Data, Named


def expand(block: Block) -> None:
    """A prohibition of every act past the number; acts before or on its day count, done or proposed."""
    day = block.field_of("of", "day", "day")
    per = [str(node.value) for node in block.words("per")]
    same: dict[str, Data] = {name: f"${name}" for name in per}
    counted: dict[str, Data] = {**same, day: {"on-or-before": "$day"}}
    act: Data = {Named(block.parts["of"]): {"id": "$action", "by": "$by", **same, day: "$day"}}
    count: Data = {"count": {"of": {Named(block.parts["of"]): counted}, "more-than": block.parts["at-most"]}}
    block.main({"by": "$by", "when": [act], "forbids": [count]})

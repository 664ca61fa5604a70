"""`waiver`: claims that those on two sides have given up against each other, and the grounds that are left."""

from __future__ import annotations

from checker.blocks.writing import Block, Data, Named


def expand(block: Block) -> None:
    """A prohibition of claims across the sides; a ground that is not waived excuses, one in doubt leaves it open."""
    day = block.field_of("of", "day", "day")
    grounds = f"{block.word('of')}-ground"
    block.type(grounds, {"ground": "text", "waived": "text"}, world="closed")
    for part, waived in (("not-for", "no"), ("in-doubt", "unknown")):
        for ground in block.words(part):
            fields: dict[str, Data] = {"ground": ground, "waived": waived}
            block.fact(grounds, {name: value for name, value in fields.items() if value != "unknown"})
    among = Named(block.parts["among"])
    claim: dict[str, Data] = {"id": "$action", "by": "$by", "against": "$against", "ground": "$ground", day: "$day"}
    block.main(
        {
            "by": "$by",
            "towards": "$against",
            "when": [
                {Named(block.parts["of"]): claim},
                {among: {"name": "$by", "of": "$own"}},
                {among: {"name": "$against", "of": "$other"}},
                {"compare": ["$own", "not", "$other"]},
                *block.words("when"),
            ],
            "forbids": [{Named(block.parts["of"]): {"id": "$action"}}],
            "unless": [{grounds: {"ground": "$ground", "waived": "no"}}, *block.words("unless")],
        }
    )

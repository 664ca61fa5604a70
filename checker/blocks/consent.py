"""`consent`: an act that needs somebody's consent beforehand."""

from __future__ import annotations

from checker.blocks.writing import Block, Data, Named


def expand(block: Block) -> None:
    """The act, what it is about, whose consent it takes, and that this is given by the day of the act."""
    day = block.field_of("of", "day", "day")
    shared = [str(node.value) for node in block.words("about")]
    about: dict[str, Data] = {name: f"${name}" for name in shared}
    given: dict[str, Data] = {"from": "$giver", **about}
    if "form" in block.parts:
        given["form"] = block.parts["form"]
    given["day"] = {"on-or-before": "$day"}
    needs: list[Data] = [{Named(block.parts["with"]): given}, _giver(block)]
    act: Data = {Named(block.parts["of"]): {"id": "$action", "by": "$by", **about, day: "$day"}}
    block.main({"by": "$by", "towards": block.parts["from"], "when": [act, *block.words("when")], "needs": needs})


def _giver(block: Block) -> Data:
    """That the giver is the one whose consent it takes, or where the block names the type of the sides, of its side."""
    own: Data = {"compare": ["$giver", "is", block.parts["from"]]}
    side = block.parts.get("or-side-by")
    if side is None:
        return own
    owner, giver = ({"name": name, "of": "$side"} for name in (block.parts["from"], "$giver"))
    return {"any": [own, {"all": [{Named(side): owner}, {Named(side): giver}]}]}

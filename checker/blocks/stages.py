"""`stages`: an order of stages, what has to be over or under way before each begins, and the work each holds."""

from __future__ import annotations

from checker.blocks.words import ELEMENTS, TITLES
from checker.blocks.writing import Block, Data, Named

BEGUN = "stage-begun"
_ORDER, _WORK = "stage-order", "stage-work"


def expand(block: Block) -> None:
    """The order as facts, the rule on beginning a stage, and the rule on the work that a stage holds."""
    _facts(block)
    day = block.field_of("of", "day", "day")
    act = Named(block.parts["of"])
    block.type(BEGUN, {"stage": "id", "day": "date"}, day="day", world="closed", given="yes")
    block.means(
        "begun",
        TITLES["begun"],
        {"when": [{act: {"stage": "$stage", day: "$day"}}], "means": [{BEGUN: {"stage": "$stage", "day": "$day"}}]},
    )
    before: list[Data] = [{"all": [{_ORDER: {"stage": "$stage", "number": 1}}]}]
    for kind, by_type in (("begun", BEGUN), ("closed", block.word("closed-by"))):
        if kind == "begun" or by_type:
            done: Data = {by_type: {"stage": "$before", "day": {"on-or-before": "$day"}}}
            before.append({"all": [{_ORDER: {"stage": "$stage", "after": "$before", "once": kind}}, done]})
    when: Data = {act: {"id": "$action", "by": "$by", "stage": "$stage", day: "$day"}}
    block.main({"by": "$by", "when": [when], "needs": [{"any": before}]})
    if "work" in block.parts:
        _work(block)


def _facts(block: Block) -> None:
    """Each stage with its number, the one before it, and whether that must have begun or be closed."""
    block.type(_ORDER, {"stage": "id", "number": "integer", "after": "id", "once": "text"}, world="closed")
    order = block.words("order")
    once = block.parts.get("once")
    asked = once.value if once is not None and isinstance(once.value, dict) else {}
    for number, stage in enumerate(order, 1):
        fact: dict[str, Data] = {"stage": stage, "number": number, "after": "none", "once": "none"}
        if number > 1:
            fact |= {"after": order[number - 2], "once": asked.get(str(stage.value), block.node_of("begun"))}
        block.fact(_ORDER, fact)
    for name, spelt in asked.items():
        if name not in {str(each.value) for each in order}:
            block.problem(spelt, f"`{name}` is no stage of `order`")


def _work(block: Block) -> None:
    order = {str(stage.value): number for number, stage in enumerate(block.words("order"), 1)}
    block.type(_WORK, {"kind": "id", "from-stage": "integer"}, world="closed")
    holds = block.parts["holds"].value
    for stage, kinds in holds.items() if isinstance(holds, dict) else ():
        if stage not in order:
            block.problem(kinds, f"`{stage}` is no stage of `order`")
            continue
        for kind in kinds.value if isinstance(kinds.value, list) else [kinds]:
            block.fact(_WORK, {"kind": kind, "from-stage": order[stage]})
    day = block.field_of("work", "day", "day")
    title, say = ELEMENTS["holds"]
    when: list[Data] = [
        {Named(block.parts["work"]): {"id": "$action", "by": "$by", "kind": "$kind", day: "$day"}},
        {_WORK: {"kind": "$kind", "from-stage": "$from"}},
    ]
    needs: list[Data] = [
        {_ORDER: {"stage": "$stage", "number": {"at-least": "$from"}}},
        {BEGUN: {"stage": "$stage", "day": {"on-or-before": "$day"}}},
    ]
    block.element("holds", title, say, {"by": "$by", "when": when, "needs": needs})

"""`notice`: an act that needs a notice: by whom, to whom, for what, in which form and channel, and how long before.

For each act there is a window: the last day for its notice and, where an early notice does not serve
every later end, the first. The block's own rule asks for one notice that has all the parts; each
element is asked for again alone, where any notice is listed, so that the answer tells which fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker.blocks.term import PERIOD, start
from checker.blocks.words import ELEMENTS, TITLES
from checker.blocks.writing import Block, Choice, Data, Named, Reading, both, under

_CLEAR = {"inclusive": "", "clear": " - P1D"}


def expand(block: Block) -> None:
    """Limits, windows, timely notices, the rule of the block and one rule for each element."""
    _Notice(block).expand()


class _Notice:
    def __init__(self, block: Block) -> None:
        self.block = block
        self.given = block.word("with", "notice")
        self.limit, self.opens = f"{self.given}-limit", f"{self.given}-opens"
        self.window, self.timely = f"{self.given}-window", f"timely-{self.given}"
        self.by_period = block.word("before", "act") == "end of period"
        self.day = block.field_of("of", "day", "day")
        self.early, self.late = block.choices("early"), block.choices("late")
        self.has_opening = any(choice.word == "next-only" for choice in self.early)
        self.days = block.choices("days") or [Choice({}, block.node_of("inclusive"), "")]

    def expand(self) -> None:
        if self.by_period:
            self._limits()
            self._openings()
            self._period_windows()
            self._timely_for_periods()
        else:
            self._act_windows()
        self._main()
        self._elements()

    # --- when a notice is in time -----------------------------------------------

    def _limits(self) -> None:
        """For each period the last day on which a notice can end it."""
        self.block.type(self.limit, {"number": "integer", "end": "date", "last": "date"}, counter="number")
        for choice in self.days:
            last = f"$end - {self.block.word('at-least')}{_CLEAR[choice.word]}"
            self.block.means(
                f"limit{choice.suffix}",
                TITLES["limit"],
                {
                    "when": [{PERIOD: {"number": "$n", "end": {"is": "$end", "not": "none"}}}],
                    "means": [{self.limit: {"number": "$n", "end": "$end", "last": last}}],
                },
                choice.reading,
            )

    def _openings(self) -> None:
        """For each period the first day of a notice that serves it."""
        term = next((parts for kind, parts in self.block.around.blocks.values() if kind == "term"), None)
        if not self.has_opening or term is None:
            return
        self.block.type(self.opens, {"number": "integer", "first": "date"}, counter="number")
        origin = start(Block("term", term, self.block.document, self.block.around), "$start")
        self._opening("opens", [origin], {"number": 1, "first": "$start"}, {})
        for choice in self.early:
            when: list[Data] = [{self.limit: {"number": "$n", "last": "$last"}}]
            first = "$last + P1D"
            if choice.word != "next-only":
                when, first = [*when, origin], "$start"
            opens = {"number": "$n + 1", "first": first}
            self._opening(f"opens-{choice.word}", when, opens, choice.reading)

    def _opening(self, element: str, when: list[Data], opens: Mapping[str, Data], reading: Reading) -> None:
        self.block.means(element, TITLES["opens"], {"when": when, "means": [{self.opens: opens}]}, reading)

    def _period_windows(self) -> None:
        """For each act the days between which its notice lies; none where no period ends then."""
        fields = {"act": "id", "number": "integer", "last": "date"} | ({"opens": "date"} if self.has_opening else {})
        self.block.type(self.window, fields)
        ends: list[Data] = [
            {self.limit: {"number": "$n", "end": "$end", "last": "$last"}},
            {"compare": ["$day", "in", ["$end", "$end + P1D"]]},
        ]
        act: Data = {Named(self.block.parts["of"]): {"id": "$act", self.day: "$day"}}
        opening: list[Data] = [{self.opens: {"number": "$n", "first": "$opens"}}] if self.has_opening else []
        found = {"act": "$act", "number": "$n", "last": "$last"} | ({"opens": "$opens"} if self.has_opening else {})
        nothing = {name: "$act" if name == "act" else "none" for name in found}
        self.block.means("window", TITLES["window"], {"when": [act, *ends, *opening], "means": [{self.window: found}]})
        self.block.means(
            "no-period",
            TITLES["no-period"],
            {"when": [act], "unless": [{"all": ends}], "means": [{self.window: nothing}]},
        )

    def _act_windows(self) -> None:
        """For each act the last day for its notice, counted back from the act itself."""
        self.block.type(self.window, {"act": "id", "last": "date"})
        act: Data = {Named(self.block.parts["of"]): {"id": "$act", self.day: "$day"}}
        for choice in self.days:
            last = f"$day - {self.block.word('at-least')}{_CLEAR[choice.word]}"
            self.block.means(
                f"window{choice.suffix}",
                TITLES["window"],
                {"when": [act], "means": [{self.window: {"act": "$act", "last": last}}]},
                choice.reading,
            )

    def _timely_for_periods(self) -> None:
        """Every listed notice with all its parts, given in time: what the term looks at."""
        self.block.type(self.timely, {"to-end": "integer", "from": "actor", "day": "date"}, counter="to-end")
        opening: list[Data] = [{self.opens: {"number": "$n", "first": "$opens"}}] if self.has_opening else []
        for counted, reading, suffix in self._days_counted():
            tests: dict[str, Data] = {"is": "$day", "on-or-before": "$last"}
            if self.has_opening:
                tests["on-or-after"] = "$opens"
            for named, late, also in self._ends_named():
                notice = {"from": "$from", "to-end": named, **self._parts("$from"), counted: tests}
                self.block.means(
                    f"timely{suffix}{also}",
                    TITLES["timely"],
                    {
                        "when": [
                            {self.limit: {"number": "$n", "last": "$last"}},
                            *opening,
                            {self.given: notice},
                            *self._of_party("$from"),
                        ],
                        "means": [{self.timely: {"to-end": "$n", "from": "$from", "day": "$day"}}],
                    },
                    both(reading, late),
                )

    def _days_counted(self) -> Iterator[tuple[str, Reading, str]]:
        """The fields whose day counts, the reading, what tells it apart. What was received in time was sent in time."""
        for choice in self.block.choices("counted-by") or [Choice({}, self.block.node_of("received"), "")]:
            yield choice.word, choice.reading, choice.suffix
            if choice.word == "sent":
                yield "received", choice.reading, f"{choice.suffix}-received"

    def _ends_named(self) -> Iterator[tuple[Data, Reading, str]]:
        """Which period a notice may name to end period `$n`: it, or where late ones serve the next the one before."""
        yield "$n", {}, ""
        for choice in self.late:
            if choice.word == "next":
                yield {"is": "$n - 1", "at-least": 1}, choice.reading, "-late"

    # --- what is asked for ------------------------------------------------------------

    def _parts(self, sender: str) -> dict[str, Data]:
        """The tests of a notice's form, channel and addressee."""
        found: dict[str, Data] = {}
        for part in ("form", "channel"):
            if part in self.block.parts:
                found[part] = self.block.parts[part]
        return found | self._addressee(sender)

    def _addressee(self, sender: str) -> dict[str, Data]:
        to = self.block.parts.get("to")
        if to is None:
            return {}
        if to.value == "other-party":
            return {"to": {"in": ["other-party", *self.block.around.parties], "not": sender}}
        return {"to": to}

    def _of_party(self, sender: str) -> list[Data]:
        """That the sender is one whose notice it can be."""
        by = self.block.words("by")
        if not by:
            return []
        names: list[Data] = list(self.block.around.parties) if by[0].value == "party" else list(by)
        return [{"compare": [sender, "in", names]}]

    def _act(self) -> Data:
        return {Named(self.block.parts["of"]): {"id": "$action", "by": "$party", self.day: "$day"}}

    def _timing(self, parts: Mapping[str, Data]) -> Iterator[Mapping[str, Data]]:
        """One `any` for each reading of the clock: a notice with these parts, given between the days that count."""
        for choice in self.block.choices("counted-by") or [Choice({}, self.block.node_of("received"), "")]:
            fields = ("sent", "received") if choice.word == "sent" else (choice.word,)
            tests: dict[str, Data] = {"on-or-before": "$last"}
            if self.has_opening:
                tests["on-or-after"] = "$opens"
            ways = [
                under({self.given: {**parts, **({"to-end": named} if self.by_period else {}), field: tests}}, late)
                for named, late, _ in (self._ends_named() if self.by_period else [("", {}, "")])
                for field in fields
            ]
            yield under({"any": ways} if len(ways) > 1 else ways[0], choice.reading)

    def _window(self, *, with_period: bool) -> Data:
        fields: dict[str, Data] = {"act": "$action", "last": "$last"}
        if self.by_period:
            fields["number"] = {"is": "$n", "at-least": 1} if with_period else "$n"
        if self.has_opening:
            fields["opens"] = "$opens"
        return {self.window: fields}

    def _main(self) -> None:
        parts: dict[str, Data] = {"from": "$party", **self._parts("$party")}
        self.block.main(
            {
                "by": "$party",
                **self._towards(),
                "when": [self._act(), self._window(with_period=False)],
                "needs": [*self._of_party("$party"), *self._timing(parts)],
                "due": "$last",
            }
        )

    def _towards(self) -> dict[str, Data]:
        return {"towards": self.block.parts["to"]} if "to" in self.block.parts else {}

    # --- one element at a time ----------------------------------------------------------

    def _elements(self) -> None:
        """What each element asks of some notice, where any is listed: else the block's own rule says it all."""
        block = self.block
        if self.by_period:
            end = {PERIOD: {"end": {"in": ["$day", "$day - P1D"]}}}
            self._element("period-end", [end], when=[self._act()])
        self._element("by", [*self._of_party("$party"), self._one({"from": "$party"})])
        if "to" in block.parts:
            self._element("to", [self._one(self._addressee("$party"))])
        if self.by_period:
            named = [under(self._one({"to-end": each}), reading) for each, reading, _ in self._ends_named()]
            self._element("for", [{"any": named} if len(named) > 1 else named[0]])
        for part in ("form", "channel"):
            if part in block.parts:
                self._element(part, [self._one({part: block.parts[part]})])
        by_then = {"on-or-before": "$day"}
        self._element("sent", [{"any": [self._one({field: by_then}) for field in ("sent", "received")]}])
        for choice in block.choices("counted-by") or [Choice({}, block.node_of("received"), "")]:
            if choice.word == "received":
                self._element("received", [self._one({"received": by_then})], reading=choice.reading)
        self._element("lead-time", list(self._timing({})))

    def _one(self, tests: Mapping[str, Data]) -> Mapping[str, Data]:
        """At least one notice like this, of whatever day: in a count the due day leaves none out."""
        return {"count": {"of": {self.given: tests}, "at-least": 1}}

    def _element(
        self, name: str, needs: list[Data], *, when: list[Data] | None = None, reading: Reading | None = None
    ) -> None:
        title, say = ELEMENTS[name]
        listed = [self._act(), self._window(with_period=True), {self.given: {}}]
        body: dict[str, Data] = {"by": "$party", **self._towards(), "when": when or listed, "needs": needs}
        if when is None:
            body["due"] = "$last"
        self.block.element(name, title, say, body, reading)

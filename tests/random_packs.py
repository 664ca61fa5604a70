"""Random packs and random cases: small, legal, and among them everything that a pack and a case can say.

A seed gives a `Draft`: a pack as a plain mapping, and the few days, durations and other values
that its rules and its cases share, so that limits are hit to the day and facts meet. `made` puts
it through the real loader. `random_case` reads the loaded pack: it plays scenes in which rules speak,
then blurs them (fields unknown or none, days moved by one, facts twice, facts that nobody asked for).

Rules stand in layers: each reads only what stands before it, but for a few recursive types that
are written out by hand, so that nearly every pack is legal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

from checker.case import read_case
from checker.dates import Date, Duration, NoSuchDayError, Rounding, parse_date, parse_duration, shift
from checker.errors import CaseError, PackError
from checker.load import Document, load
from checker.model import Absent, AnyOf, Body, Case, Compare, Count, Field, FieldTest, Item, Pack, Pattern, Rule, Unless
from checker.pack import load_pack
from checker.referee_values import compare, value_of_term
from checker.values import NONE, Op, Term, Unknown, Value, Variable, render

Mapped: TypeAlias = "dict[str, Any]"
Scope: TypeAlias = "dict[str, str]"  # variable → the kind it was bound with

ACTORS = ("china", "russia", "sid-0", "🛰")
TEXTS = ("x", "X", "xy", "sid-0", "fact-1", "fact-bvYqul", "5", "true", "null", "é", "e\u0301", "🛰", "a b")
ONLY_IN_CASES = ("$s", "$forward", "", "tenant-1", "tenant-aG3lHP", "a\tb\n", '"', "\\", "unknown?")
IDS = ("i1", "i2", "i3", "sid-0", "id")
GLOBS = ("*", "x*", "?", "[xX]*", "*-*", "[!x]*", "i?")
INTEGERS = (0, 1, 2, 3, 5)
HUGE = (2**53 + 1, 2**63, -(2**63), 10**30, -1)
DECIMALS = (Decimal(5), Decimal("5.0"), Decimal("2.5"), Decimal("0.1"), 5, 2, 1)
TINY = (Decimal("1e-5"), Decimal("10000000000000000.0"), 10**30, Decimal("0.0"))
SPANS = ("P1D", "P1M", "P1Y", "P30D", "P12M", "P6M", "P1M1D", "P0D")
ANCHORS = ("2023-12-31", "2024-02-29", "2024-01-31", "2023-03-01", "2025-02-28", "2024-07-18")
FAR = ("0001-01-01", "9999-12-31", "1900-02-28")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "actor": ("from", "to", "sid"),
    "id": ("of",),
    "text": ("word", "type"),
    "integer": ("n", "m"),
    "decimal": ("sum",),
    "date": ("day", "end"),
    "duration": ("span",),
    "one-of": ("form", "ok"),
}
KIND_WEIGHTS = {"actor": 6, "id": 2, "text": 3, "integer": 4, "decimal": 2, "date": 6, "duration": 2, "one-of": 3}
OPTIONS: Mapping[str, tuple[Any, ...]] = {"form": ("written", "oral"), "ok": (True, False)}
TEXTUAL = ("id", "actor", "text", "one-of")
DATE_OPS = ("before", "on-or-before", "after", "on-or-after")
SIZE_OPS = ("at-least", "at-most", "more-than", "less-than")
STATUS_KINDS = {
    "violation": {"action": "id", "by": "actor", "towards": "actor", "day": "date"},
    "fulfilled": {"action": "id", "day": "date"},
}


def family(kind: str) -> str:
    """Kinds that compare with each other have one family."""
    return "text" if kind in TEXTUAL else "number" if kind in ("integer", "decimal") else kind


def ops_of(kind: str) -> tuple[str, ...]:
    """The tests that a field of this kind may have, but for `in`."""
    if kind in TEXTUAL:
        return ("is", "not", "like")
    return ("is", "not", *(DATE_OPS if kind == "date" else SIZE_OPS))


# --- text -----------------------------------------------------------------------


def dumped(data: object) -> str:
    """The data as JSON, decimals to the digit."""
    if isinstance(data, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)}: {dumped(value)}" for key, value in data.items()) + "}"
    if isinstance(data, (list, tuple)):
        return "[" + ", ".join(map(dumped, data)) + "]"
    if isinstance(data, Decimal):
        text = format(data, "f")
        return text if "." in text else f"{text}.0"
    return json.dumps(data, ensure_ascii=False)


def made(mapping: Mapped, folder: Path) -> Pack:
    """The pack that a mapping is, written to a folder and loaded from there; PackError if it is none."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(dumped(mapping), "utf-8")
    return load_pack(folder)


def read(mapping: Mapped, pack: Pack, name: str = "case.json") -> tuple[Case, Document]:
    """The case that a mapping is, and its document; CaseError if it is none."""
    (document,) = load(dumped(mapping), name, error=CaseError, format="json")
    return read_case(document, pack, name, None, Date(2024, 7, 18)), document


# --- packs ------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """A pack as a plain mapping, and what its cases draw their values from. `far`: also days at the calendar's ends."""

    seed: int
    pack: Mapped
    days: tuple[str, ...]
    spans: tuple[str, ...]
    far: bool


def random_draft(seed: int) -> Draft:
    """The draft that the seed gives; a few in a hundred are no legal packs."""
    return _Author(Random(seed)).draft(seed)


@dataclass
class _Type:
    fields: dict[str, str]
    day: str | None = None
    action: bool = False
    head: Mapped = field(default_factory=dict)


@dataclass
class _Layers:
    """What a rule may read: types and rules with statuses that stand before it."""

    types: list[str]
    statuses: list[tuple[str, str]] = field(default_factory=list)  # (violation or fulfilled, rule)


@dataclass
class _Author:
    """Who writes one pack."""

    rng: Random
    types: dict[str, _Type] = field(default_factory=dict)
    rules: list[Mapped] = field(default_factory=list)
    questions: dict[str, list[str]] = field(default_factory=dict)
    days: list[str] = field(default_factory=list)
    spans: list[str] = field(default_factory=list)
    used: int = 0
    chained: bool = False  # a chain runs to the latest day of the case, so that day had better be near

    # --- small things

    def odds(self, chance: float) -> bool:
        """True so often."""
        return self.rng.random() < chance

    def pick(self, choices: Iterable[Any]) -> Any:
        """One of the choices."""
        return self.rng.choice(list(choices))

    def some(self, choices: Iterable[Any], least: int, most: int) -> list[Any]:
        """So many of the choices, each once."""
        pool = list(choices)
        return self.rng.sample(pool, min(len(pool), self.rng.randint(least, most)))

    def new(self, stem: str) -> str:
        """A name that nothing else has; its order among the others tells nothing."""
        self.used += 1
        return f"{stem}{self.rng.choice('qwertz')}{self.used}"

    def new_rule(self) -> str:
        """The id of a new rule."""
        return f"{self.pick('abc')}.{self.new('r')}"

    # --- the whole

    def draft(self, seed: int) -> Draft:
        self._choose_days()
        for _ in range(self.pick((0, 0, 0, 1, 1, 2))):
            name = self.new("ask")
            self.questions[name] = [f"o{number}" for number in range(self.pick((2, 2, 3)))]
        for _ in range(self.rng.randint(2, 4)):
            self._given_type()
        for _ in range(self.pick((1, 1, 2))):
            self._action_type()
        layers = _Layers(list(self.types))
        head = self._head()
        facts = self._ground_facts()
        for gadget in (self._closure, self._periods, self._slots, self._numbers):
            if self.odds(0.14):
                gadget(layers)
        for _ in range(self.rng.randint(0, 2)):
            self._derived_type(layers)
        self._until_type(layers, head)
        self._judged_rules(layers)
        if self.odds(0.02):
            self._forbidden_cycle()
        self.rng.shuffle(self.rules)
        types = {name: each.head for name, each in self.types.items() if not each.action}
        actions = {name: each.head for name, each in self.types.items() if each.action}
        readings = {
            name: {"ask": "Which?", "options": dict.fromkeys(options, "so"), "default": self.pick(options)}
            for name, options in self.questions.items()
        }
        pack = {**head, "types": types, "actions": actions, "readings": readings, "facts": facts, "rules": self.rules}
        return Draft(seed, pack, tuple(self.days), tuple(self.spans), self.odds(0.15) and not self.chained)

    def _choose_days(self) -> None:
        self.spans = self.some(SPANS, 2, 3)
        anchor = parse_date(self.pick(ANCHORS))
        assert anchor is not None
        found = {anchor}
        for span in self.spans:
            duration = parse_duration(span)
            assert duration is not None
            found |= {shift(anchor, duration, times, "down") for times in (1, -1)}
        found |= {day.add(days=off) for day in list(found)[:3] for off in (1, -1)}
        self.days = self.some(sorted(map(str, found)), 5, 7)

    def _head(self) -> Mapped:
        head: Mapped = {"pack": "random", "version": "0.1.0", "title": "A random pack"}
        if self.odds(0.7):
            head["parties"] = self.pick((["china", "russia"], ["china", "russia"], ["china"], ["china", "russia", "🛰"]))
        if self.odds(0.6):
            head["rounding"] = self.pick(("down", "up", "refuse"))
        force: Mapped = {}
        if self.odds(0.3):
            force["from"] = min(self.days) if self.odds(0.6) else self.pick(self.days)
        if self.odds(0.2):
            force["until"] = max(self.days) if self.odds(0.6) else self.pick(self.days)
        if force:
            head["in-force"] = force
        return head

    def _ground_facts(self) -> list[Mapped]:
        facts = []
        for name, each in self.types.items():
            if not each.action and self.odds(0.25):
                fields = {known: self._literal(kind, known) for known, kind in each.fields.items() if self.odds(0.85)}
                facts.append({name: fields})
        return facts

    # --- vocabulary

    def _fields(self, least: int, most: int) -> dict[str, str]:
        found: dict[str, str] = {}
        for _ in range(self.rng.randint(least, most)):
            (kind,) = self.rng.choices(list(KIND_WEIGHTS), list(KIND_WEIGHTS.values()))
            free = [name for name in FIELDS[kind] if name not in found]
            if free:
                found[self.pick(free)] = kind
        return found

    def _declare(self, name: str, fields: dict[str, str], *, action: bool = False) -> Mapped:
        spelt = {
            known: {"one-of": list(OPTIONS[known])} if kind == "one-of" else kind for known, kind in fields.items()
        }
        head: Mapped = {"fields": spelt}
        dates = [known for known, kind in fields.items() if kind == "date"]
        day = self.pick(dates) if dates and self.odds(0.75) else None
        if day:
            head["day"] = day
        if fields and self.odds(0.15):
            known = self.pick(fields)
            if known != "id":
                head["default"] = {known: "none" if self.odds(0.6) else self._literal(fields[known], known)}
        self.types[name] = _Type(fields, day, action, head)
        return head

    def _given_type(self) -> None:
        fields = self._fields(2, 4)
        if self.odds(0.4):
            fields = {"id": "id", **fields}
        self._declare(self.new("t"), fields or {"n": "integer"})["world"] = self.pick(("open", "closed"))

    def _action_type(self) -> None:
        head = self._declare(self.new("do-"), {"id": "id", **self._fields(2, 4)}, action=True)
        if self.odds(0.2):
            head["free"] = True

    # --- values and terms

    def _literal(self, kind: str, name: str = "") -> Any:
        """A value as a rule spells it, for a field of this kind."""
        if kind == "one-of":
            return self.pick(OPTIONS.get(name, ("written", "oral")))
        choices: Sequence[Any] = {
            "id": IDS, "actor": ACTORS, "text": TEXTS, "integer": INTEGERS, "decimal": DECIMALS,
            "date": self.days, "duration": self.spans,
        }[kind]  # fmt: skip
        if kind in ("integer", "decimal") and self.odds(0.04):
            choices = HUGE if kind == "integer" else TINY
        return self.pick(choices)

    def _term(self, kind: str, scope: Scope, name: str = "", *, variable: float = 0.6, steps: float = 0.45) -> Any:
        """A literal, a variable of the scope, or either with steps."""
        fitting = [known for known, each in scope.items() if family(each) == family(kind)]
        base = f"${self.pick(fitting)}" if fitting and self.odds(variable) else self._literal(kind, name)
        if self.odds(0.015):
            return "none"
        if family(kind) in ("text", "duration") or not self.odds(steps):
            return base
        text = str(base) if not isinstance(base, Decimal) else format(base, "f")
        for _ in range(self.pick((1, 1, 1, 2))):
            text += self._step(kind, scope)
        return text

    def _step(self, kind: str, scope: Scope) -> str:
        wanted = "duration" if kind == "date" else "integer"
        amounts = [f"${name}" for name, each in scope.items() if each == wanted or self.odds(0.01)]
        amount = (
            self.pick(amounts) if amounts and self.odds(0.25) else self.pick(self.spans if kind == "date" else "123")
        )
        if kind == "decimal" and self.odds(0.3):
            amount = "0.5"
        counts = [f"${name}" for name, each in scope.items() if family(each) == "number"]
        times = ""
        if self.odds(0.3):
            times = f" {self.pick('×*')} {self.pick(counts) if counts and self.odds(0.7) else self.pick('0123')}"
        return f" {self.pick('+-')} {amount}{times}"

    def _test(self, kind: str, scope: Scope, name: str) -> Any:
        """The test of a field: bare, by one word or by several."""
        if self.odds(0.05):
            return self.pick(("none", {"not": "none"}, {"is": "none"}, {"in": ["none", self._literal(kind, name)]}))
        found: Mapped = {}
        for op in self.some(ops_of(kind), 1, 2 if kind == "date" else 1):
            if op == "is" and self.odds(0.5):
                return {"in": [self._term(kind, scope, name) for _ in range(self.rng.randint(1, 3))]}
            found[op] = self._operand(op, kind, scope, name)
        if list(found) == ["is"] and self.odds(0.6):
            return found["is"]
        return found

    def _operand(self, op: str, kind: str, scope: Scope, name: str) -> Any:
        if op == "like":
            return self.pick(GLOBS) if self.odds(0.9) else self._term("text", scope)
        return self._term(kind, scope, name)

    # --- bodies

    def _reading(self) -> Mapped:
        name = self.pick(self.questions)
        return {name: self.pick(self.questions[name])}

    def _pattern(self, name: str, scope: Scope, must: Mapping[str, str] | None = None, bind: float = 0.5) -> Mapped:
        """A pattern of the type; it binds new variables in `scope`, and what `must` says (field → variable)."""
        fields = self.types[name].fields if name in self.types else STATUS_KINDS[name]
        test = 0.4 if name in self.types else 0.1
        spelt: Mapped = {}
        tested = []
        for known, kind in self.rng.sample(list(fields.items()), len(fields)):
            if must and known in must:
                spelt[known] = f"${must[known]}"
                scope.setdefault(must[known], kind)
            elif self.odds(bind):
                spelt[known] = f"${self._variable(kind, scope)}"
                if self.odds(0.1):
                    tested.append((known, kind))
            elif self.odds(test):
                tested.append((known, kind))
        for known, kind in tested:
            bound = spelt.get(known)
            words = self._test(kind, scope, known)
            if bound and isinstance(words, dict) and "is" not in words:
                words["is"] = bound
            elif bound:
                words = bound
            spelt[known] = words
        if name in self.types and self.types[name].action and self.odds(0.08):
            spelt["proposed"] = self.pick((True, False, "yes"))
        return spelt

    def _variable(self, kind: str, scope: Scope) -> str:
        alike = kind if self.odds(0.9) else family(kind)
        known = [name for name, each in scope.items() if alike in (each, family(each)) and name != "action"]
        if known and self.odds(0.25 if kind == "date" else 0.5):
            name: str = self.pick(known)
            return name
        name = self.new("v")
        scope[name] = kind
        return name

    def _read(self, layers: _Layers, scope: Scope, must: Mapping[str, str] | None = None) -> Mapped:
        """A pattern of something that stands before."""
        if layers.statuses and self.odds(0.18) and not must:
            status, rule = self.pick(layers.statuses)
            return {status: {**self._pattern(status, scope, bind=0.25), "rule": rule}}
        derived = [name for name in layers.types if name in self.types and self.types[name].head.get("derived")]
        names = derived if derived and self.odds(0.3) else layers.types
        if must:
            fitting = [name for name in layers.types if self._place_for(name, must) is not None]
            if fitting:
                name = self.pick(fitting)
                return {name: self._pattern(name, scope, self._place_for(name, must))}
        name = self.pick(names)
        return {name: self._pattern(name, scope)}

    def _place_for(self, name: str, must: Mapping[str, str]) -> dict[str, str] | None:
        """Which field of the type binds which variable wanted (variable → kind), if all find one."""
        found: dict[str, str] = {}
        for variable, kind in must.items():
            free = [f for f, each in self.types[name].fields.items() if each == kind and f not in found]
            if not free:
                return None
            found[self.pick(free)] = variable
        return found

    def _items(self, layers: _Layers, scope: Scope, most: int, depth: int = 2, *, first: bool = False) -> list[Mapped]:
        """Items of a body; what they bind is in `scope` afterwards."""
        found = []
        for number in range(self.rng.randint(1, most)):
            pattern = first and number == 0
            inner = dict(scope)
            item = self._read(layers, inner) if pattern else self._item(layers, inner, depth)
            if self.questions and self.odds(0.1) and not (first and number == 0):
                found.append({**item, "reading": self._reading()})
            else:
                scope.update(inner)
                found.append(item)
        if self.questions and depth == 2 and self.odds(0.08):
            found.extend(self._in_every_reading(layers, scope))
        return found

    def _in_every_reading(self, layers: _Layers, scope: Scope) -> list[Mapped]:
        """One variable, bound differently in every option of a question."""
        question = self.pick(self.questions)
        kind = self.pick(("actor", "date"))
        variable = self.new("w")
        found = []
        for option in self.questions[question]:
            item = self._read(layers, dict(scope), {variable: kind})
            if f"${variable}" not in next(iter(item.values())).values():
                return []
            found.append({**item, "reading": {question: option}})
        scope[variable] = kind
        return found

    def _item(self, layers: _Layers, scope: Scope, depth: int) -> Mapped:
        kinds = {"pattern": 8, "compare": 4 if scope else 0}
        if depth:
            kinds |= {"absent": 2, "count": 2, "any": 2, "all": 1}
        (kind,) = self.rng.choices(list(kinds), list(kinds.values()))
        if kind == "compare":
            return self._compare(scope)
        if kind == "absent":
            inner = self._items(layers, dict(scope), 2, depth - 1)
            return {"absent": inner[0] if len(inner) == 1 else {"all": inner}}
        if kind == "count":
            return self._count(layers, scope)
        if kind == "any":
            return self._any(layers, scope, depth)
        if kind == "all":
            return {"all": self._items(layers, scope, 2, depth - 1)}
        return self._read(layers, scope)

    def _compare(self, scope: Scope) -> Mapped:
        kind = scope[self.pick(scope)]
        left = self._term(kind, {name: each for name, each in scope.items() if each == kind}, variable=1, steps=0.2)
        if left == "none":
            left = f"${self.pick([name for name, each in scope.items() if each == kind])}"
        if self.odds(0.15):
            return {"compare": [left, "in", [self._term(kind, scope) for _ in range(self.rng.randint(1, 3))]]}
        op = self.pick(ops_of(kind))
        right = self._operand(op, kind, scope, "")
        if kind == "one-of" and isinstance(right, bool):
            right = "yes" if right else "no"
        if self.odds(0.15) and isinstance(right, str) and right.startswith("$") and op != "like":
            left, right = self._literal(kind), left
        return {"compare": [left, op, right]}

    def _count(self, layers: _Layers, scope: Scope) -> Mapped:
        of = self._read(layers, dict(scope))
        spelt: Mapped = {"of": of}
        for bound in self.some((*SIZE_OPS, "is"), 1, self.pick((1, 1, 2))):
            spelt[bound] = (
                self._term("integer", scope, variable=0.3, steps=0.1) if self.odds(0.4) else self.pick((0, 1, 2))
            )
        return {"count": spelt}

    def _any(self, layers: _Layers, scope: Scope, depth: int) -> Mapped:
        must: dict[str, str] = {}
        if self.odds(0.6):
            must[self.new("e")] = self.pick(("actor", "date", "integer"))
        branches, bound = [], []
        for _ in range(self.pick((2, 2, 3))):
            inner = dict(scope)
            branch = self._read(layers, inner, must) if must or self.odds(0.5) else self._item(layers, inner, depth - 1)
            if self.odds(0.25):
                branch = {"all": [branch, self._item(layers, inner, depth - 1)]}
            branches.append({**branch, "reading": self._reading()} if self.questions and self.odds(0.05) else branch)
            bound.append(inner)
        for name, kind in must.items():
            if all(name in inner for inner in bound) and not any("reading" in each for each in branches):
                scope[name] = kind
        return {"any": branches}

    def _unless(self, layers: _Layers, scope: Scope, depth: int = 2) -> list[Mapped]:
        found = []
        for _ in range(self.pick((1, 1, 2))):
            inner = dict(scope)
            several = self.odds(0.2)
            item = {"all": self._items(layers, inner, 2, 1)} if several else self._item(layers, inner, 1)
            if self.questions and self.odds(0.12):
                item["reading"] = self._reading()
            if depth and self.odds(0.35) and "reading" not in item:
                item["unless"] = self._unless(layers, inner, depth - 1)
            found.append(item)
        return found

    # --- definitions

    def _rule(self, **keys: Any) -> Mapped:
        rule = {"id": self.new_rule(), "title": "A rule", "basis": "inference", **keys}
        if self.odds(0.1):
            rule["valid"] = {self.pick(("from", "until")): self.pick(self.days)}
            if self.odds(0.3):
                rule["valid"] = {"from": min(self.days), "until": max(self.days)}
        if self.questions and self.odds(0.12):
            rule["reading"] = self._reading()
        self.rules.append(rule)
        return rule

    def _derived_type(self, layers: _Layers, must: str | None = None) -> str:
        name = self.new("d")
        fields = self._fields(1, 3) or {"from": "actor"}
        if must:
            fields[must] = "date"
        head = self._declare(name, fields)
        if must:
            head["day"] = must
        if self.odds(0.2):
            head |= {"given": True, "world": self.pick(("open", "closed"))}
        for _ in range(self.pick((1, 1, 2))):
            scope: Scope = {}
            when = self._items(layers, scope, self.pick((1, 2)), first=True)
            heads = [{name: self._head_of(fields, scope)}]
            if self.odds(0.1):
                heads.append({name: self._head_of(fields, scope)})
            rule = self._rule(when=when, means=heads)
            if self.odds(0.35):
                rule["unless"] = self._unless(layers, scope)
        layers.types.append(name)
        return name

    def _head_of(self, fields: Mapping[str, str], scope: Scope) -> Mapped:
        found: Mapped = {}
        for name, kind in fields.items():
            if not self.odds(0.88):
                continue
            term = self._term(kind, scope, name, variable=0.85, steps=0.2)
            found[name] = term
        return found

    def _until_type(self, layers: _Layers, head: Mapped) -> None:
        """Now and then the agreement ends by a derived fact."""
        if not self.odds(0.15):
            return
        dated = [name for name, each in self.types.items() if each.day and any(name in h for h in self._all_heads())]
        name = self.pick(dated) if dated and self.odds(0.5) else self._derived_type(layers, "end")
        head["in-force"] = {**head.get("in-force", {}), "until": name}

    def _all_heads(self) -> list[Mapped]:
        return [head for rule in self.rules for head in rule.get("means", ())]

    def _closure(self, layers: _Layers) -> None:
        """Recursion without counters: who reaches whom, by one type or by two that read each other."""
        one, other = self.new("d"), self.new("d")
        fields = {"from": "actor", "to": "actor", "word": "text"}
        self._declare(one, fields)
        self._declare(other, fields)
        sources = [name for name in layers.types if self._place_for(name, {"a": "actor", "b": "actor"})]
        if not sources:
            layers.types += [self._edges()]
            sources = layers.types[-1:]
        for target in (one, other) if self.odds(0.3) else (one,):
            source = self.pick(sources)
            scope: Scope = {}
            must = self._place_for(source, {"a": "actor", "b": "actor"})
            when = [{source: self._pattern(source, scope, must, bind=0.1)}]
            self._rule(when=when, means=[{target: {"from": "$a", "to": "$b", "word": self.pick(("x", "none"))}}])
        for target, via in self.pick((((one, one),), ((one, other), (other, one)), ((other, one), (one, one)))):
            scope = {}
            when = [
                {via: {"from": "$a", "to": "$b", "word": "$w"}},
                {self.pick((via, one)): {"from": "$b", "to": "$c"}},
            ]
            if self.odds(0.3):
                when.append({"compare": ["$a", "not", "$c"]})
            rule = self._rule(when=when, means=[{target: {"from": "$a", "to": "$c", "word": "$w"}}])
            if self.odds(0.3):
                rule["unless"] = self._unless(layers, {"a": "actor", "c": "actor"})
        for target in (one, other):
            if not any(target in head for head in self._all_heads()):
                self._rule(
                    when=[{one: {"from": "$a", "to": "$b"}}], means=[{target: {"from": "$b", "to": "$a", "word": "x"}}]
                )
        layers.types += [one, other]

    def _edges(self) -> str:
        name = self.new("t")
        self._declare(name, {"from": "actor", "to": "actor"})["world"] = self.pick(("open", "closed"))
        return name

    def _chain(self, step: str, *, bounded: bool) -> list[Mapped]:
        """What keeps a chain from walking on without end: a number, where no day does."""
        return [{"compare": ["$n", "less-than", self.pick((4, 6))]}] if bounded or step in ("P1D", "P0D") else []

    def _periods(self, layers: _Layers) -> None:
        """Periods walked number by number: the next runs unless something stops the one before."""
        self.chained = True
        period, stop = self.new("d"), self.new("d")
        fields = {"n": "integer", "day": "date", "end": "date"}
        self.types[period] = _Type(fields, "end", head={"fields": dict(fields), "counter": "n", "day": "end"})
        if self.odds(0.3):
            del self.types[period].head["day"]
            self.types[period].day = None
        self.types[stop] = _Type({"m": "integer"}, head={"fields": {"m": "integer"}, "counter": "m"})
        length = self.pick(("P1M", "P6M", "P1Y", "P30D"))
        dated = [name for name in layers.types if self._place_for(name, {"s": "date"})]
        scope: Scope = {}
        if dated and self.odds(0.6):
            source = self.pick(dated)
            when = [{source: self._pattern(source, scope, self._place_for(source, {"s": "date"}), bind=0.1)}]
            start, bounded = "$s", True
        else:
            when, start, bounded = [self._read(layers, scope)], self.pick(self.days), self.odds(0.5)
        first = {period: {"n": self.pick((1, 1, 0)), "day": start, "end": f"{start} + {length}"}}
        self._rule(when=when, means=[first])
        bound = {period: {"n": "$n", "end": "$e", "day": "$d"}}
        ends = self.pick((f"{self.pick(self.days)} + {length} × $n", f"$e + {length}", f"$d + {length} × 2"))
        following = {period: {"n": f"$n + {self.pick('112')}", "day": "$e + P1D", "end": ends}}
        self._following(layers, period, stop, [bound, *self._chain(length, bounded=bounded)], following)
        layers.types += [period, stop]

    def _following(self, layers: _Layers, period: str, stop: str, when: list[Mapped], head: Mapped) -> None:
        """The rule for the next period, and the rules that stop it."""
        rule = self._rule(when=when, means=[head])
        if self.odds(0.3):
            rule["until"] = max(self.days)
        how = self.pick(("unless", "absent", "count", "both"))
        stopped: Mapped = {stop: {"m": self.pick(("$n", "$n", "$n - 1"))}}
        if how in ("unless", "both"):
            rule["unless"] = [stopped, *(self._unless(layers, {"n": "integer", "e": "date"}) if self.odds(0.3) else [])]
        if how in ("absent", "both"):
            rule["when"] = [*when, {"absent": {stop: {"m": "$n"}}}]
        if how == "count":
            rule["when"] = [*when, {"count": {"of": {stop: {"m": "$n"}}, "less-than": self.pick((1, 2))}}]
        scope: Scope = {"n": "integer", "e": "date"}
        stopping: Mapped = {"when": [{period: {"n": "$n", "end": "$e"}}, self._item(layers, scope, 1)]}
        rule = self._rule(**stopping, means=[{stop: {"m": "$n"}}])
        if self.odds(0.4):
            rule["unless"] = self._unless(layers, dict(scope))
        if self.odds(0.3):
            rule["unless"] = [{period: {"n": "$n - 1", "day": "$e"}}]

    def _slots(self, layers: _Layers) -> None:
        """Days made from days, to `until` or to the latest day of the case."""
        self.chained = True
        slot = self.new("d")
        fields = {"day": "date", "n": "integer"}
        self.types[slot] = _Type(fields, "day", head={"fields": dict(fields), "day": "day"})
        step = self.pick(("P1M", "P6M", "P1Y", "P20Y"))
        start = self.pick([day for day in self.days if day[8:] < "28"] or ["2024-01-15"])
        self._rule(when=[self._read(layers, {})], means=[{slot: {"day": start, "n": 1}}])
        rule = self._rule(
            when=[{slot: {"day": "$d", "n": "$n"}}], means=[{slot: {"day": f"$d + {step}", "n": "$n + 1"}}]
        )
        if step == "P20Y":
            rule["until"] = self.pick(("9999-12-31", "2100-01-01"))
        elif self.odds(0.5):
            rule["until"] = max(self.days)
        if self.odds(0.4):
            rule["unless"] = self._unless(layers, {"d": "date", "n": "integer"})
        layers.types.append(slot)

    def _numbers(self, layers: _Layers) -> None:
        """Numbers made from numbers, as far as a comparison lets them."""
        name = self.new("d")
        kind = self.pick(("integer", "decimal"))
        self._declare(name, {"n" if kind == "integer" else "sum": kind})
        known = "n" if kind == "integer" else "sum"
        self._rule(when=[self._read(layers, {})], means=[{name: {known: 1}}])
        self._rule(
            when=[{name: {known: "$n"}}, {"compare": ["$n", "less-than", 5]}],
            means=[{name: {known: f"$n + {self.pick('12')}"}}],
        )
        layers.types.append(name)

    def _forbidden_cycle(self) -> None:
        """What the loader has to refuse: a rule that takes away its own ground."""
        name = self.new("d")
        self._declare(name, {"from": "actor"})
        self._rule(
            when=[{"absent": {name: {"from": "china"}}}, {"compare": [1, "is", 1]}],
            means=[{name: {"from": "china"}}],
        )

    # --- judged rules

    def _judged_rules(self, layers: _Layers) -> None:
        """Rules with statuses, permissions and special rules before those they displace."""
        plan = [("judged", self.new_rule(), self.odds(0.65)) for _ in range(self.rng.randint(2, 4))]
        for _ in range(self.pick((0, 1, 1, 2))):
            plan.insert(self.rng.randrange(len(plan)), ("displacer", self.new_rule(), True))
        for number, (kind, name, acts) in enumerate(plan):
            later = [each for what, each, acting in plan[number + 1 :] if acting]
            displaced = self.some(later, 1, 2) if kind == "displacer" else []
            if displaced and self.odds(0.6):
                self._permission(layers, name, displaced)
            else:
                self._judged(layers, name, acts=acts, displaced=displaced)
            if self.odds(0.2):
                self._derived_type(layers)

    def _opening(self, layers: _Layers, scope: Scope, *, acts: bool) -> list[Mapped]:
        if not acts:
            return [self._read(layers, scope)]
        actions = [name for name, each in self.types.items() if each.action]
        acting = [each for each in layers.statuses if self.odds(0.08)]
        if acting:
            status, rule = self.pick(acting)
            return [{status: {**self._pattern(status, scope, {"action": "action"}, bind=0.2), "rule": rule}}]
        if len(actions) > 1 and self.odds(0.08):
            inner: Scope = {}
            branches = [{name: self._pattern(name, inner, {"id": "action"}, bind=0)} for name in actions]
            scope["action"] = "id"
            return [{"any": branches}]
        name = self.pick(actions)
        return [{name: self._pattern(name, scope, {"id": "action"})}]

    def _speaking(self, layers: _Layers, *, acts: bool, most: int = 2) -> tuple[list[Mapped], Scope]:
        scope: Scope = {}
        when = self._opening(layers, scope, acts=acts)
        if self.odds(0.6):
            when += self._items(layers, scope, self.pick((1, most)))
        if self.odds(0.15) and acts:
            self.rng.shuffle(when)
            if not self._in_order(when):
                when = self._opening(layers, scope := {}, acts=acts)
        return when, scope

    def _in_order(self, when: list[Mapped]) -> bool:
        """Whether nothing in these items can read a variable before it is bound: plain patterns only."""
        return all(set(each) & self.types.keys() and "$" not in dumped(self._tests_of(each)) for each in when)

    def _tests_of(self, item: Mapped) -> list[Any]:
        return [test for fields in item.values() for test in fields.values() if not _is_variable(test)]

    def _permission(self, layers: _Layers, name: str, displaced: list[str]) -> None:
        when, scope = self._speaking(layers, acts=True, most=1)
        rule = self._rule(permits=True, when=when, overrides=displaced)
        rule["id"] = name
        if self.odds(0.4):
            rule["unless"] = self._unless(layers, scope)
        self._switches(rule)

    def _judged(self, layers: _Layers, name: str, *, acts: bool, displaced: list[str]) -> None:
        mode = self.pick(("needs", "owes", "forbids"))
        when, scope = self._speaking(layers, acts=acts)
        inner = dict(scope)
        body = self._items(layers, inner, 2)
        rule = self._rule(when=when, **{mode: body})
        rule["id"] = name
        if mode == "owes" or self.odds(0.35):
            dated = any(kind == "date" for kind in scope.values())
            rule["due"] = "none" if self.odds(0.2) else str(self._term("date", scope, variable=0.8 if dated else 0))
        if displaced:
            rule["instead-of"] = displaced
        if self.odds(0.5):
            rule["unless"] = self._unless(layers, inner if mode == "forbids" else scope)
        if not acts and scope and self.odds(0.5):
            rule["per"] = [f"${variable}" for variable in self.some(scope, 1, 2)]
        self._parties(rule, scope)
        self._switches(rule)
        if self.odds(0.25):
            rule["if-not"] = self.pick(("breach", "no-effect"))
        if scope and self.odds(0.3):
            rule["say"] = f"Because of {{{self.pick(scope)}}}."
        if layers.statuses and self.odds(0.15):
            rule["then-owes"] = [self.pick(layers.statuses)[1]]
        if rule.get("if-not") != "no-effect":
            layers.statuses.append(("violation", name))
        if mode == "owes":
            layers.statuses.append(("fulfilled", name))

    def _parties(self, rule: Mapped, scope: Scope) -> None:
        texts = [variable for variable, kind in scope.items() if kind == "actor"]
        if self.odds(0.6):
            rule["by"] = f"${self.pick(texts)}" if texts and self.odds(0.7) else self.pick(ACTORS)
        if self.odds(0.4):
            rule["towards"] = "other-party" if self.odds(0.6) else self.pick([*ACTORS, *(f"${name}" for name in texts)])

    def _switches(self, rule: Mapped) -> None:
        for key, chance in (("survives", 0.2), ("before-force", 0.15), ("also-done", 0.25)):
            if self.odds(chance):
                rule[key] = True


def _is_variable(test: object) -> bool:
    return isinstance(test, str) and test.startswith("$") and " " not in test


# --- cases --------------------------------------------------------------------------


def random_case(rng: Random, draft: Draft, pack: Pack) -> Mapped:
    """A case in which some rules of the pack speak."""
    return _Stage(rng, draft, pack).case()


Env: TypeAlias = "dict[str, Value]"


@dataclass
class _Stage:
    """Where scenes are played: facts that rules ask for, and the values that a case prefers."""

    rng: Random
    draft: Draft
    pack: Pack
    facts: list[tuple[str, dict[str, Value], bool]] = field(default_factory=list)  # (type, fields, proposed)
    favourites: dict[str, list[Value]] = field(default_factory=dict)

    def odds(self, chance: float) -> bool:
        return self.rng.random() < chance

    def case(self) -> Mapped:
        rules = [rule for rule in self.pack.rules.values() if self.odds(0.5)] or list(self.pack.rules.values())[:1]
        for rule in self.rng.sample(rules, min(len(rules), 4)):
            self._scene(rule)
        given = [kind for kind in self.pack.types.values() if kind.given]
        for _ in range(self.rng.choice((0, 0, 1, 2))):
            kind = self.rng.choice(given)
            self._add(kind.name, {}, proposed=self.odds(0.6))
        facts, actions = self._written()
        mapping: Mapped = {"agreement": self.pack.id, "as-of": self._day_text()}
        if facts:
            mapping["facts"] = facts
        if actions or not facts:
            mapping["actions"] = actions or [self._some_action()]
        mapping.update(self._completeness())
        return mapping

    def _some_action(self) -> Mapped:
        name = self.rng.choice([kind.name for kind in self.pack.types.values() if kind.action])
        return {name: {"id": self.rng.choice(IDS)}}

    # --- values

    def _day_text(self) -> str:
        return self.rng.choice(self.draft.days)

    def _fresh(self, spec: Field) -> Value:
        """A value for the field: often one the case has used before."""
        known = self.favourites.setdefault(spec.kind, [])
        if spec.kind != "one-of" and known and self.odds(0.6):
            return self.rng.choice(known)
        value = self._drawn(spec)
        if len(known) < 3:
            known.append(value)
        return value

    def _drawn(self, spec: Field) -> Value:
        if spec.kind == "one-of":
            return self.rng.choice(spec.options)
        if spec.kind == "date":
            far = self.draft.far and self.odds(0.06)
            return parse_date(self.rng.choice(FAR) if far else self._day_text()) or NONE
        if spec.kind == "duration":
            return parse_duration(self.rng.choice(self.draft.spans if self.odds(0.8) else SPANS)) or NONE
        if spec.kind == "integer":
            return self.rng.choice(HUGE if self.odds(0.04) else INTEGERS)
        if spec.kind == "decimal":
            return self.rng.choice(TINY if self.odds(0.08) else DECIMALS)
        words = IDS if spec.kind == "id" else ACTORS if spec.kind == "actor" else TEXTS
        return self.rng.choice(ONLY_IN_CASES if self.odds(0.07) else words)

    def _value(self, term: Term, env: Env) -> Value | None:
        """What the term comes to, where all its variables are known."""
        if not set(term.variables) <= set(env):
            return None
        rounding: Rounding = self.pack.rounding
        value = value_of_term(term, env, rounding)
        return None if isinstance(value, Unknown) else value

    def _meeting(self, tests: Sequence[FieldTest], spec: Field, env: Env) -> Value:
        """A value that meets the tests, and now and then one that just fails to."""
        value = self._fresh(spec)
        for _ in range(6):
            wanted = [[known for term in test.terms if (known := self._value(term, env)) is not None] for test in tests]
            if all(not each or compare(test.op, value, *each) for test, each in zip(tests, wanted, strict=True)):
                break
            limits = [(test.op, limit) for test, each in zip(tests, wanted, strict=True) for limit in each]
            op, limit = self.rng.choice(limits)
            value = self._drawn(spec) if op in ("like", "not") or self.odds(0.2) else self._near(op, limit)
        if tests and isinstance(value, Date) and self.odds(0.08):
            return self._near("is", value)
        return value

    def _near(self, op: Op, limit: Value) -> Value:
        """The limit, or one off, mostly on the right side of it."""
        off = {"before": -1, "less-than": -1, "after": 1, "more-than": 1}.get(op, 0)
        if self.odds(0.15):
            off += self.rng.choice((-1, 1))
        if isinstance(limit, Date):
            with suppress(NoSuchDayError):
                return shift(limit, Duration(days=1), off, "down")
        if isinstance(limit, (int, Decimal)):
            return limit + off
        return limit

    # --- scenes

    def _scene(self, rule: Rule) -> None:
        """Facts by which the rule speaks, and perhaps is met, broken, or set aside."""
        env: Env = {}
        self._play(rule.when, env, 2)
        if rule.body is not None and self.odds(0.65):
            self._play(rule.body, env, 2)
        for unless in rule.unless:
            if self.odds(0.3):
                self._play_exception(unless, dict(env))
        for other in self.pack.rules.values():
            if rule.id in (*other.overrides, *other.instead_of) and "action" in env and self.odds(0.6):
                self._play(other.when, {"action": env["action"]}, 1)

    def _play_exception(self, unless: Unless, env: Env) -> None:
        self._play(unless.body, env, 2)
        for inner in unless.unless:
            if self.odds(0.4):
                self._play_exception(inner, dict(env))

    def _play(self, body: Body, env: Env, depth: int) -> None:
        for item in body.items:
            if isinstance(item, Compare):
                self._settle(item, env, body)
        for item in body.items:
            self._play_item(item, env, depth)

    def _play_item(self, item: Item, env: Env, depth: int) -> None:
        if isinstance(item, Pattern):
            self._fill(item, env, depth)
        elif isinstance(item, Absent):
            if self.odds(0.3):
                self._play(item.body, dict(env), depth)
        elif isinstance(item, Count):
            for _ in range(self.rng.choice((0, 1, 1, 2))):
                self._fill(item.of, dict(env), depth)
        elif isinstance(item, AnyOf):
            self._play(self.rng.choice(item.bodies), env, depth)

    def _settle(self, item: Compare, env: Env, body: Body) -> None:
        """Choose the variables of a comparison so that it holds."""
        kinds = self._kinds(body)
        for term in item.right:
            for name in term.variables:
                if name in kinds:
                    env.setdefault(name, self._fresh(kinds[name]))
        base = item.left.base
        if isinstance(base, Variable) and base.name in kinds and base.name not in env:
            test = FieldTest("", item.op, item.right)
            env[base.name] = self._meeting([test], kinds[base.name], env)

    def _kinds(self, body: Body) -> dict[str, Field]:
        """The fields that bind the body's variables."""
        found: dict[str, Field] = {}
        for item in body.items:
            if isinstance(item, Pattern):
                fields = self.pack.types[item.type].fields
                found.update({variable: fields[name] for name, variable in item.binds if name in fields})
        return found

    def _fill(self, pattern: Pattern, env: Env, depth: int) -> None:
        """A fact that fills the pattern; for a derived type the facts from which a rule concludes one."""
        kind = self.pack.types[pattern.type]
        if kind.derived and depth:
            self._conclude(pattern, env, depth - 1)
        if not kind.given or (kind.derived and self.odds(0.7)):
            return
        values: dict[str, Value] = {}
        bound = dict(pattern.binds)
        for name, spec in kind.fields.items():
            tests = [test for test in pattern.tests if test.field == name]
            if name in bound and bound[name] in env:
                values[name] = env[bound[name]]
            elif tests or name in bound:
                values[name] = self._meeting(tests, spec, env)
            if name in bound:
                env[bound[name]] = values[name]
        proposed = values.get("proposed", "yes" if self.odds(0.75) else "no") == "yes"
        self._add(pattern.type, values, proposed=proposed if self.odds(0.9) else not proposed)

    def _conclude(self, pattern: Pattern, env: Env, depth: int) -> None:
        """Facts from which a rule concludes one that fills the pattern, and its variables as it binds them."""
        wanted: Env = {name: env[variable] for name, variable in pattern.binds if variable in env}
        for test in pattern.tests:
            value = self._value(test.terms[0], env)
            if test.op in ("is", "in") and value is not None:
                wanted[test.field] = value
        known = self._judged(pattern, wanted, depth) if "rule" in wanted else self._derived(pattern.type, wanted, depth)
        for name, variable in pattern.binds:
            if name in known:
                env.setdefault(variable, known[name])

    def _judged(self, pattern: Pattern, wanted: Env, depth: int) -> Env:
        """A rule that gets a status, and perhaps the one wanted; the fields of the fact that this makes."""
        rule = self.pack.rules[str(wanted["rule"])]
        env = {"action": wanted["action"]} if "action" in wanted else {}
        self._play(rule.when, env, depth)
        if rule.body is not None and (rule.mode == "forbids" or pattern.type == "fulfilled"):
            self._play(rule.body, env, depth)
        return env

    def _derived(self, name: str, wanted: Env, depth: int) -> Env:
        """A rule that derives the type, with the values wanted; the fields of its conclusion."""
        makers = [(rule, head) for rule in self.pack.rules.values() for head in rule.heads if head.type == name]
        rule, head = self.rng.choice(makers)
        env: Env = {}
        for known, term in head.fields:
            if known in wanted and isinstance(term.base, Variable) and not term.steps:
                env[term.base.name] = wanted[known]
        self._play(rule.when, env, depth)
        return {known: value for known, term in head.fields if (value := self._value(term, env)) is not None}

    def _add(self, name: str, values: Mapping[str, Value], *, proposed: bool) -> None:
        if len(self.facts) >= 12:
            return
        kind = self.pack.types[name]
        filled: dict[str, Value] = {}
        for known, spec in kind.fields.items():
            if known == "proposed" and kind.action:
                continue
            value = values.get(known)
            if value is None or isinstance(value, Unknown) or (spec.options and value not in spec.options):
                value = self._fresh(spec)
            filled[known] = self._blurred(value, spec)
        if kind.action and not isinstance(filled["id"], str):
            filled["id"] = self.rng.choice(IDS)
        self.facts.append((name, filled, proposed and kind.action))
        if self.odds(0.06):
            self.facts.append((name, dict(filled), proposed and kind.action))

    def _blurred(self, value: Value, spec: Field) -> Value:
        roll = self.rng.random()
        if roll < 0.05:
            return Unknown("", "")
        if roll < 0.08:
            return NONE
        if roll < 0.13 and isinstance(value, Date):
            return self._near("is", value)
        if roll < 0.15:
            return self._drawn(spec)
        return value

    # --- the mapping

    def _written(self) -> tuple[list[Mapped], list[Mapped]]:
        """Facts and actions as a case spells them; of two with one id the first stays, also if the pack states it."""
        facts: list[Mapped] = []
        actions: list[Mapped] = []
        by_id: dict[tuple[str, Value], tuple[str, bool]] = {
            (fact.type, value): ("", False) for fact in self.pack.facts for value in fact.values
        }
        for name, values, proposed in self.facts:
            spelt = self._spelt(name, values)
            own = values.get("id")
            if isinstance(own, str):
                content = (dumped(dict(sorted(spelt.items()))), proposed)
                if by_id.setdefault((name, own), content) != content:
                    continue
            (actions if proposed else facts).append({name: spelt})
        self.rng.shuffle(facts)
        return facts, actions

    def _spelt(self, name: str, values: Mapping[str, Value]) -> Mapped:
        kind = self.pack.types[name]
        spelt: Mapped = {}
        for known, value in values.items():
            spec = kind.fields[known]
            if isinstance(value, Unknown):
                if self.odds(0.3):
                    spelt[known] = "unknown"
            elif isinstance(value, (int, Decimal)) and spec.kind in ("integer", "decimal"):
                spelt[known] = value if spec.kind == "decimal" else int(value)
            else:
                spelt[known] = render(value)
                if spec.kind == "one-of" and value in ("yes", "no") and self.odds(0.3):
                    spelt[known] = value == "yes"
        return spelt

    def _completeness(self) -> Mapped:
        found: Mapped = {}
        names = [kind.name for kind in self.pack.types.values() if kind.given and not kind.action]
        lines: list[Any] = []
        for name in names:
            if self.odds(0.2):
                lines.append(name)
            elif self.odds(0.2):
                lines.append({name: within} if (within := self._within(name)) else name)
        if self.odds(0.08):
            lines = ["all"]
        if lines:
            found["complete"] = "all" if lines == ["all"] and self.odds(0.5) else lines
        incomplete = [name for name in names if name not in lines and self.odds(0.12)]
        if incomplete:
            found["incomplete"] = incomplete
        return found

    def _within(self, name: str) -> Mapped:
        specs = [spec for spec in self.pack.types[name].fields.values() if self.odds(0.5)]
        found: Mapped = {}
        for spec in specs[:2]:
            values = [self._fresh(spec) for _ in range(self.rng.choice((1, 1, 2)))]
            spelt = [value if isinstance(value, (int, Decimal)) else render(value) for value in values]
            found[spec.name] = spelt[0] if len(spelt) == 1 else spelt
        return found


# --- both together --------------------------------------------------------------------


def legal_pack(seed: int, folder: Path) -> tuple[Draft, Pack] | None:
    """The draft and the pack of a seed; None where the loader refuses it."""
    draft = random_draft(seed)
    try:
        return draft, made(draft.pack, folder)
    except PackError:
        return None


def random_cases(draft: Draft, pack: Pack, how_many: int) -> list[Mapped]:
    """The first so many cases of a draft."""
    rng = Random(draft.seed ^ 0x5EED)
    return [random_case(rng, draft, pack) for _ in range(how_many)]

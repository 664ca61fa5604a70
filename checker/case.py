"""Document × Pack → `Case`, or a `CaseError` with every problem: names, kinds, dates, clashing ids.

A field left out is unknown, never false; nothing is guessed and nothing dropped.
Facts come out in a canonical order, so that the order they were written in can't matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from checker.actors import stated_value
from checker.dates import Date
from checker.errors import CaseError, Place, Problem, quoted
from checker.expecting import expectations, readings_fixed
from checker.listings import listings
from checker.load import Document, Node
from checker.model import PROPOSED, Assumed, Case, Fact, FactType, Given, Pack
from checker.reader import Reader, entries, items, members
from checker.values import NONE, Unknown, Value, render

_KEYS = ("agreement", "title", "about", "source", "as-of", "facts", "actions", "complete", "incomplete", "expect")
_PACK = "a file of a pack: judge by it with `--pack FOLDER`; `servanda test` and `servanda lint` look at it"
_NO_CASES = {  # by a key that no case has, what else a file may be that somebody names as one
    "cases": "what `check -o json` saved: `servanda report` reads it",
    "receipt": "what `check` said of one",
    "waivers": "a file of waivers: `--waivers` takes it",
    "accepted": "a baseline: `--baseline` takes it",
    **dict.fromkeys(("pack", "rules", "blocks", "types", "readings", "retired"), _PACK),
}

_LEFT_OUT = Unknown("", "")
_ONE_FACT = "one fact is wanted here: `type: {field: value, …}`"
_Placed = tuple[Given, Place]  # a fact, and where its id stands


class Supposed(NamedTuple):
    """How a case is changed before it is judged: facts that join, and ids whose facts and actions are left out."""

    facts: tuple[Assumed, ...] = ()
    without: tuple[str, ...] = ()


AS_WRITTEN = Supposed()


def read_case(
    document: Document, pack: Pack, name: str, as_of: Date | None, today: Date, supposed: Supposed = AS_WRITTEN
) -> Case:
    """The case in a document, judged on `as_of`, else on the day it states, else today; CaseError if it is none."""
    problems: list[Problem] = []
    case = _CaseReader(Reader(document, problems), pack, supposed).case(name, as_of, today)
    if problems:
        raise CaseError(problems)
    return case


def type_assumed(document: Document) -> str:
    """The type of the one fact that a text spells; CaseError if it is no fact."""
    if len(members(document.root)) != 1:
        raise CaseError([Problem(document.place(document.root), _ONE_FACT)])
    return next(iter(members(document.root)))


def read_assumed(documents: Iterable[Document], pack: Pack) -> tuple[Assumed, ...]:
    """Facts that are assumed, each a document; an action is a proposed one. CaseError for what the pack refuses."""
    problems: list[Problem] = []
    found = [_CaseReader(Reader(document, problems), pack).assumed(number) for number, document in enumerate(documents)]
    if problems:
        raise CaseError(problems)
    return tuple(each for each in found if each is not None)


def agreement_of(document: Document) -> str | None:
    """The pack a case names, if it names one."""
    node = members(document.root).get("agreement")
    return None if node is None else str(node.value)


class _CaseReader:
    """One case being read."""

    def __init__(self, reader: Reader, pack: Pack, supposed: Supposed = AS_WRITTEN) -> None:
        self.reader = reader
        self.pack = pack
        self.supposed = supposed
        self.keys = members(reader.document.root)

    def case(self, name: str, as_of: Date | None, today: Date) -> Case:
        self._check_keys()
        stated = self._as_of()
        given = [*self._section("facts", proposed=False), *self._section("actions", proposed=True)]
        ids = {own for each, _ in given if isinstance(own := self._id(each.fact), str)}
        without = sorted(ids.intersection(self.supposed.without))
        given = [each for each in given if self._id(each[0].fact) not in without]
        given += [(each.given, each.id_place) for each in self.supposed.facts]
        complete, incomplete = listings(self.reader, self.pack)
        root = self.reader.document.root
        return Case(
            name=name,
            as_of=as_of or stated or today,
            as_of_stated=bool(as_of or stated),
            given=self._settled(given),
            complete=complete,
            incomplete=tuple(sorted(set(incomplete))),
            expect=expectations(self.reader),
            under=tuple(readings_fixed(self.reader, self.pack)),
            sha256=self.reader.document.sha256,
            place=self.reader.place(root),
            assumed=self.supposed.facts,
            without=tuple(without),
        )

    def assumed(self, number: int) -> Assumed | None:
        """The one fact that the document spells, which is not written in any case."""
        document = self.reader.document
        for type_name, spelt in self.keys.items():
            kind = self._type(type_name, spelt, proposed=False)
            path = f"added:assumed/{number}"  # none in the case
            if kind is not None and (given := self._given(kind, spelt, path, proposed=kind.action)):
                return Assumed(given, self._id_place(spelt), tuple(document.lines))
        return None

    def _id_place(self, node: Node) -> Place:
        return self.reader.place(members(node).get("id", node))

    def _id(self, fact: Fact) -> Value:
        fields = self.pack.types[fact.type].fields
        return fact.values[list(fields).index("id")] if "id" in fields else NONE

    def _check_keys(self) -> None:
        root = self.reader.document.root
        if not isinstance(root.value, dict):
            self.reader.problem(root, "a case is a mapping with `facts:` and `actions:`")
            return
        if other := next((what for key, what in _NO_CASES.items() if key in self.keys), None):
            self.reader.problem(root, f"this is no case, but {other}")
            return
        for key, node in self.keys.items():
            if key not in _KEYS:
                self.reader.unknown_name(node, "key", key, _KEYS, key=True)
        named = agreement_of(self.reader.document)
        if named not in (None, self.pack.id):
            self.reader.problem(
                self.keys["agreement"],
                f"the case is of {quoted(named)}; it can't be judged by the pack `{self.pack.id}`",
            )
        if not self.keys.get("facts") and not self.keys.get("actions"):
            self.reader.problem(root, "nothing to judge: a case has `facts:` or `actions:`")

    def _as_of(self) -> Date | None:
        node = self.keys.get("as-of")
        value = None if node is None else self.reader.known(node, "date")
        return value if isinstance(value, Date) else None

    def _section(self, section: str, *, proposed: bool) -> list[_Placed]:
        node = self.keys.get(section)
        if node is not None and node.value is not None and not isinstance(node.value, list):
            self.reader.problem(node, f"`{section}:` is a list; begin each line with `- `")
            return []
        found = []
        for index, item in enumerate(items(node)):
            if not isinstance(item.value, dict) or len(item.value) != 1:
                self.reader.problem(item, "one fact is wanted here: `- type: {field: value, …}`")
                continue
            for type_name, spelt in entries(item):
                kind = self._type(type_name, spelt, proposed=proposed)
                if kind is not None and (given := self._given(kind, spelt, f"/{section}/{index}", proposed=proposed)):
                    found.append((given, self._id_place(spelt)))
        return found

    def _type(self, name: str, node: Node, *, proposed: bool) -> FactType | None:
        types = self.pack.types
        kind = types.get(name)
        if kind is None:
            known = [each.name for each in types.values() if each.given and (each.action or not proposed)]
            self.reader.unknown_name(node, "action" if proposed else "type", name, known, key=True)
        elif not kind.given:
            self.reader.problem(node, f"{quoted(name)} follows from the rules; a case can't state it", key=True)
        elif proposed and not kind.action:
            self.reader.problem(node, f"{quoted(name)} is no action; it belongs under `facts:`", key=True)
        else:
            return kind
        return None

    def _given(self, kind: FactType, node: Node, path: str, *, proposed: bool) -> Given | None:
        if not isinstance(node.value, dict):
            self.reader.problem(
                node, f"the fields of {quoted(kind.name)} are wanted: `{kind.name}: {{field: value, …}}`"
            )
            return None
        stated = self._stated(kind, node)
        name = self._name(kind, stated)
        if kind.action and not isinstance(stated.get("id"), str):
            at = node.value.get("id", node)
            self.reader.problem(at, f"an action needs an `id`: `{kind.name}: {{id: A1, …}}`", key=at is node)
        values: list[Value] = []
        for field_name, field in kind.fields.items():
            if field_name == PROPOSED and kind.action:
                values.append("yes" if proposed else "no")
                continue
            default = Unknown(name, field_name) if field.default is None else field.default
            value = stated.get(field_name, default)
            values.append(Unknown(name, field_name) if isinstance(value, Unknown) else value)
        places = {key: self.reader.place(spelt) for key, spelt in node.value.items()}
        place = self.reader.place(node, key=True)
        return Given(Fact(kind.name, tuple(values)), name, place, places, f"{path}/{kind.name}")

    def _stated(self, kind: FactType, node: Node) -> dict[str, Value]:
        stated: dict[str, Value] = {}
        for key, spelt in entries(node):
            if key not in kind.fields or (key == PROPOSED and kind.action):
                known = [name for name in kind.fields if name != PROPOSED]
                self.reader.unknown_name(spelt, f"field of {kind.name}", key, known, key=True)
                continue
            value = stated_value(self.reader, self.pack, spelt, kind.fields[key], Unknown("", key))
            if value is not None:
                stated[key] = value
        return stated

    def _name(self, kind: FactType, stated: Mapping[str, Value]) -> str:
        own = stated.get("id")
        if isinstance(own, str):
            return f"{kind.name} {own}"
        told = ", ".join(
            f"{key}: {render(stated[key])}"
            for key in kind.fields
            if not isinstance(stated.get(key, _LEFT_OUT), Unknown)
        )
        return f"{kind.name} ({told})"

    def _settled(self, given: list[_Placed]) -> tuple[Given, ...]:
        """In canonical order, identical facts once (the first written stands for them); one id, one content."""
        by_fact: dict[Fact, Given] = {}
        by_id: dict[tuple[str, Value], Given] = {}
        own_facts = self._ids_of_the_agreement()
        for each, place in given:
            kind = self.pack.types[each.fact.type]
            own = self._id(each.fact)
            if each.fact in by_fact:
                continue
            by_fact[each.fact] = each
            if own_facts.get((kind.name, own), each.fact) != each.fact:
                message = f"{quoted(own)} is a fact of the agreement itself; a case can't state it otherwise"
                self.reader.problems.append(Problem(place, message))
            first = by_id.setdefault((kind.name, own), each) if isinstance(own, str) else each
            if first is not each:
                message = f"{quoted(own)} is the id of another {kind.name} already, with other content: {first.place}"
                self.reader.problems.append(Problem(place, message))
        return tuple(sorted(by_fact.values(), key=_canonical))

    def _ids_of_the_agreement(self) -> Mapping[tuple[str, Value], Fact]:
        """The agreement's own facts by type and id, for those that have one."""
        indexes = {name: list(kind.fields).index("id") for name, kind in self.pack.types.items() if "id" in kind.fields}
        own = [fact for fact in self.pack.facts if fact.type in indexes]
        return {(fact.type, fact.values[indexes[fact.type]]): fact for fact in own}


def _canonical(given: Given) -> tuple[str, str, str]:
    return (given.fact.type, given.name, repr(given.fact.values))

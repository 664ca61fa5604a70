"""Documents of a folder → `Pack`, or a `PackError` with every problem that could be found.

Shape first: a pack that is misshapen is not read further, because most that
would be said of it then is noise. After that names, kinds, sources, clauses,
readings and strata are all looked at before anything is raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from checker.blocks.expand import expanded
from checker.dates import Date, Rounding
from checker.errors import PackError, Place, Problem, nearest, quoted
from checker.load import Document, Node, load
from checker.model import (
    Clause,
    Fact,
    FactType,
    Force,
    Pack,
    Pattern,
    Question,
    Rule,
    Source,
    Words,
)
from checker.properties import read_properties
from checker.reader import Reader, entries, items, members
from checker.reads import patterns_of
from checker.retirement import set_apart
from checker.rules import Vocabulary, read_rules
from checker.shape import misshapen
from checker.shelf import pack_digest, pack_files, packs_folder
from checker.strata import problems_of
from checker.values import Unknown, Value
from checker.vocabulary import (
    declared,
    read_clause,
    read_question,
    read_source,
    read_types,
    says_given,
    without_world,
)


def load_pack(folder: Path) -> Pack:
    """The pack in a folder: `pack.yaml` and the other `*.yaml` files beside it."""
    problems: list[Problem] = []
    documents, digest = _documents(folder, problems)
    _refuse(problems)
    documents, retired = set_apart(documents, problems)
    _refuse(problems)
    core, ends = expanded(documents, problems)
    _refuse(problems)
    readers = [Reader(document, problems) for document in core]
    return replace(_Maker(readers, problems, ends).pack(digest, folder), retired=retired)


def _label(path: Path) -> str:
    """How a place names a file: of a shipped pack by pack and file, so that answers read alike on every machine."""
    shipped = packs_folder().resolve() == path.parent.parent.resolve()
    return f"{path.parent.name}/{path.name}" if shipped else str(path)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise PackError(problems)


def _documents(folder: Path, problems: list[Problem]) -> tuple[list[Document], str]:
    if not (folder / "pack.yaml").is_file():
        raise PackError([Problem(None, f"`{folder}` holds no pack: there is no `pack.yaml` in it")])
    documents: list[Document] = []
    for path in pack_files(folder):
        try:
            loaded = load(path.read_bytes(), _label(path), error=PackError)
        except PackError as error:
            problems.extend(error.problems)
            continue
        entry = "head" if path.name == "pack.yaml" else "part"
        if len(loaded) > 1:
            problems.append(Problem(Place(_label(path)), "a pack file holds one document; this one has several"))
        for document in loaded[:1]:
            problems.extend(misshapen(document, "pack", entry))
            documents.append(document)
    return documents, pack_digest(folder)


class _Declared(NamedTuple):
    sources: Mapping[str, Source]
    clauses: Mapping[str, Clause]
    questions: Mapping[str, Question]
    types: Mapping[str, FactType]


class _Maker:
    """The parts of a pack, put together and checked against each other."""

    def __init__(self, readers: list[Reader], problems: list[Problem], ends: str | None) -> None:
        self.readers = readers
        self.ends = ends
        self.problems = problems
        self.head = members(readers[0].document.root)

    def pack(self, digest: str, folder: Path) -> Pack:
        parties = self.readers[0].texts(self.head.get("parties"))
        sources = declared(self.readers, "sources", read_source, {})
        clauses = declared(self.readers, "clauses", read_clause, {})
        questions = declared(self.readers, "readings", read_question, {})
        types = read_types(self.readers)
        read = read_rules(self.readers, Vocabulary(types, questions, parties))
        rules = {rule.id: rule for rule, _, _ in sorted(read, key=lambda each: each[0].id)}
        types = self._settled(types, rules)
        known = _Declared(sources, clauses, questions, types)
        force = self._force(types)
        for rule, reader, node in read:
            self._names_of_rule(rule, reader, node, known, rules)
        for question in questions.values():
            self._cites(question.cites, question.place, sources)
        facts = self._ground_facts(types)
        properties = read_properties(self.readers, Vocabulary(types, questions, parties))
        _refuse(self.problems)
        self.problems.extend(problems_of(types, rules, force, questions))
        _refuse(self.problems)
        text = self.readers[0].text
        rounding: Rounding = text(self.head.get("rounding")) or "down"  # type: ignore[assignment]  # the shape knows
        return Pack(
            id=text(self.head["pack"]),
            version=text(self.head["version"]),
            title=self.readers[0].words(self.head["title"]),
            names=declared(self.readers, "names", _name, {}),
            parties=parties,
            force=force,
            rounding=rounding,
            sources=sources,
            clauses=clauses,
            types=types,
            readings=questions,
            rules=rules,
            facts=facts,
            sha256=digest,
            folder=str(folder),
            properties=properties,
        )

    def _settled(self, types: dict[str, FactType], rules: Mapping[str, Rule]) -> dict[str, FactType]:
        """The types, knowing now which are derived; one that is neither derived nor says its world is a problem."""
        derived = {head.type for rule in rules.values() for head in rule.heads}
        given = says_given(self.readers)
        for name, (reader, node) in without_world(self.readers).items():
            if name not in derived:
                reader.problem(
                    node,
                    f"`{name}` needs `world:`: closed (what is not listed is false) or open (it is unknown)",
                    key=True,
                )
        return {
            name: kind._replace(derived=True, given=name in given) if name in derived else kind
            for name, kind in types.items()
        }

    def _force(self, types: Mapping[str, FactType]) -> Force:
        reader, spelt = self.readers[0], members(self.head["in-force"]) if "in-force" in self.head else {}
        start = self._day(reader, spelt.get("from"))
        until = spelt.get("until")
        if until is None:
            return Force(start, None, self.ends)
        if not isinstance(until.value, str) or until.value[:1].isdigit():
            return Force(start, self._day(reader, until))
        kind = types.get(until.value)
        if kind is None:
            reader.unknown_name(until, "type", until.value, types)
        elif kind.day is None or not kind.derived:
            reader.problem(until, f"{quoted(until.value)} must be derived and have a `day`: the last day in force")
        return Force(start, None, until.value)

    def _day(self, reader: Reader, node: Node | None) -> Date | None:
        value = None if node is None else reader.known(node, "date")
        return value if isinstance(value, Date) else None

    def _names_of_rule(
        self, rule: Rule, reader: Reader, node: Node, known: _Declared, rules: Mapping[str, Rule]
    ) -> None:
        keys = members(node)
        if rule.clause is not None and rule.clause not in known.clauses:
            reader.unknown_name(keys["clause"], "clause", rule.clause, known.clauses)
        for cite, spelt in zip(rule.cites, items(keys.get("cites")), strict=True):
            if cite.source not in known.sources:
                place = members(spelt).get("source", spelt)
                reader.unknown_name(place, "source", cite.source, known.sources)
        self._rules_named(rule, reader, keys, rules)
        for pattern in patterns_of(rule):
            for test in pattern.tests:
                if pattern.type in ("violation", "fulfilled") and test.field == "rule":
                    self._status_rule(pattern, str(test.terms[0].base), rules)

    def _rules_named(self, rule: Rule, reader: Reader, keys: Mapping[str, Node], rules: Mapping[str, Rule]) -> None:
        """The rules that a rule displaces or names."""
        for key, names in (
            ("overrides", rule.overrides),
            ("instead-of", rule.instead_of),
            ("then-owes", rule.then_owes),
        ):
            for name, spelt in zip(names, items(keys.get(key)), strict=True):
                if name not in rules:
                    reader.unknown_name(spelt, "rule", name, rules)
                elif key != "then-owes" and not rules[name].acts:
                    reader.problem(spelt, f"`{name}` speaks of no action, so nothing can displace it")

    def _status_rule(self, pattern: Pattern, name: str, rules: Mapping[str, Rule]) -> None:
        wanted = ("owes",) if pattern.type == "fulfilled" else ("needs", "owes", "forbids")
        if name not in rules:
            self.problems.append(Problem(pattern.place, f"unknown rule {quoted(name)}{nearest(name, rules)}"))
        elif rules[name].mode not in wanted:
            self.problems.append(Problem(pattern.place, f"`{name}` can have no {pattern.type}: it {rules[name].mode}"))

    def _cites(self, cites: tuple[object, ...], place: Place, sources: Mapping[str, Source]) -> None:
        for cite in cites:
            name = getattr(cite, "source", "")
            if name not in sources:
                self.problems.append(Problem(place, f"unknown source {quoted(name)}{nearest(name, sources)}"))

    def _ground_facts(self, types: Mapping[str, FactType]) -> tuple[Fact, ...]:
        found: dict[Fact, None] = {}
        for reader in self.readers:
            for node in items(members(reader.document.root).get("facts")):
                for name, spelt in entries(node):
                    kind = types.get(name)
                    if kind is None or kind.action:
                        reader.unknown_name(spelt, "type", name, types, key=True)
                        continue
                    found[_ground_fact(reader, kind, spelt)] = None
        return tuple(sorted(found, key=repr))


def _name(reader: Reader, _: str, node: Node) -> Words:
    return reader.words(node)


def _ground_fact(reader: Reader, kind: FactType, node: Node) -> Fact:
    spelt = members(node)
    for name in spelt:
        if name not in kind.fields:
            reader.unknown_name(spelt[name], f"field of {kind.name}", name, kind.fields, key=True)
    values: list[Value] = []
    for name, field in kind.fields.items():
        value = reader.value(spelt[name], field, None) if name in spelt else field.default
        values.append(Unknown(f"{kind.name} of the agreement", name) if value is None else value)
    return Fact(kind.name, tuple(values))

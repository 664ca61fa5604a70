"""Rules, from the documents of a pack: each key checked against the vocabulary and against the rule's own variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from checker.bodies import Bodies, Scope, a, family
from checker.dates import Date
from checker.errors import quoted
from checker.load import Node
from checker.model import (
    LANGUAGES,
    PROPOSED,
    Body,
    FactType,
    FieldTest,
    Head,
    Item,
    Kind,
    Mode,
    Pattern,
    Question,
    Rule,
    Severity,
    Template,
)
from checker.reader import Reader, entries, items, members
from checker.values import Term
from checker.vocabulary import read_cites
from checker.wording import TEXTUAL, parse_template

MODES: tuple[Mode, ...] = ("needs", "owes", "forbids", "permits", "means")
_JUDGED = ("needs", "owes", "forbids")


class Vocabulary(NamedTuple):
    """What rules may name."""

    types: Mapping[str, FactType]
    questions: Mapping[str, Question]
    parties: tuple[str, ...]


def read_rules(readers: list[Reader], vocabulary: Vocabulary) -> list[tuple[Rule, Reader, Node]]:
    """Every rule that could be made, with where it stands; an id given twice is a problem."""
    made: dict[str, tuple[Rule, Reader, Node]] = {}
    for reader in readers:
        for node in items(members(reader.document.root).get("rules")):
            rule = _RuleReader(reader, node, vocabulary).rule()
            if rule.id in made:
                reader.problem(members(node)["id"], f"rule id {quoted(rule.id)} is taken: {made[rule.id][0].place}")
            else:
                made[rule.id] = (rule, reader, node)
    return list(made.values())


class _RuleReader:
    """One rule being read."""

    def __init__(self, reader: Reader, node: Node, vocabulary: Vocabulary) -> None:
        self.reader = reader
        self.node = node
        self.keys = members(node)
        self.vocabulary = vocabulary
        self.bodies = Bodies(reader, vocabulary.types, vocabulary.questions)

    def rule(self) -> Rule:
        mode = next(mode for mode in MODES if mode in self.keys)
        reading = self.bodies.reading(self.keys.get("reading"))
        when, scope = self.bodies.body(items(self.keys.get("when")), Scope(reading))
        acts = "action" in when.binds
        also_done = self.reader.flag(self.keys.get("also-done"))
        if acts and mode != "means" and not also_done:
            when = when._replace(items=tuple(self._proposed(item) for item in when.items))
        body, inner = self._named_body(mode, scope)
        self._check_subject(mode, when, acts=acts)
        return Rule(
            id=self._text("id"),
            mode=mode,
            title=self.reader.words(self.keys.get("title")),
            clause=self._text("clause") or None,
            cites=read_cites(self.reader, self.keys.get("cites")),
            basis=self._text("basis"),
            severity=self._severity(),
            if_not="no-effect" if self._text("if-not") == "no-effect" else "breach",
            when=when,
            body=body,
            heads=self._heads(scope) if mode == "means" else (),
            due=self._due(mode, scope),
            unless=self.bodies.unless(items(self.keys.get("unless")), inner if mode == "forbids" else scope),
            by=self._party("by", scope),
            towards="other-party" if self._text("towards") == "other-party" else self._party("towards", scope),
            acts=acts,
            also_done=also_done,
            per=self._per(scope),
            overrides=self.reader.texts(self.keys.get("overrides")),
            instead_of=self.reader.texts(self.keys.get("instead-of")),
            survives=self.reader.flag(self.keys.get("survives")),
            before_force=self.reader.flag(self.keys.get("before-force")),
            valid=(
                self._date(members_of(self.keys, "valid", "from")),
                self._date(members_of(self.keys, "valid", "until")),
            ),
            until=self._date(self.keys.get("until")),
            reading=reading,
            then_owes=self.reader.texts(self.keys.get("then-owes")),
            say=self._templates("say", scope),
            remedy=self._templates("remedy", scope),
            block=self._text("block") or None,
            place=self.reader.place(self.node),
        )

    def _text(self, key: str) -> str:
        return self.reader.text(self.keys.get(key))

    def _severity(self) -> Severity:
        word = self._text("severity")
        return word if word in ("note", "warning") else "error"  # type: ignore[return-value]  # narrowed by the test

    def _proposed(self, item: Item) -> Item:
        """The pattern that binds `$action`, for proposed actions only."""
        if isinstance(item, Pattern) and self.vocabulary.types[item.type].action and ("id", "action") in item.binds:
            return item._replace(tests=(*item.tests, FieldTest(PROPOSED, "is", (Term("yes"),))))
        return item

    def _named_body(self, mode: Mode, scope: Scope) -> tuple[Body | None, Scope]:
        if mode not in _JUDGED:
            return None, scope
        return self.bodies.body(items(self.keys[mode]), scope)

    def _check_subject(self, mode: Mode, when: Body, *, acts: bool) -> None:
        first = when.items[0] if when.items else None
        if mode in _JUDGED and not acts and "per" not in self.keys and not isinstance(first, Pattern):
            self.reader.problem(
                self.keys.get("when", self.node),
                "the first item of `when` must be a pattern, whose fact the rule speaks of; "
                "or bind `$action`, or say `per`",
                key=True,
            )
        displaces = [key for key in ("overrides", "instead-of") if key in self.keys]
        if displaces and not acts:
            self.reader.problem(self.keys[displaces[0]], f"`{displaces[0]}` needs `$action` in `when`", key=True)
        if mode == "permits" and "overrides" not in self.keys:
            self.reader.problem(self.keys["permits"], "a permission names the rules it `overrides`", key=True)

    def _due(self, mode: Mode, scope: Scope) -> Term | Literal["none"] | None:
        node = self.keys.get("due")
        if node is None:
            if mode == "owes":
                self.reader.problem(self.keys["owes"], "a duty says by when: `due: $day`, or `due: none`", key=True)
            return None
        if mode not in _JUDGED:
            self.reader.problem(node, f"`due` does not go with `{mode}`", key=True)
            return None
        if node.value == "none":
            return "none"
        return self._term(node, "date", scope)

    def _term(self, node: Node, kind: Kind, scope: Scope) -> Term | None:
        term = self.reader.term(node, kind)
        if term is None or not all(self.bodies.readable(name, node, scope) for name in term.variables):
            return None
        if term.variables and kind == "date" and not self._yields(term, "date", scope):
            self.reader.problem(node, f"`${term.variables[0]}` is {a(scope.kinds[term.variables[0]])}; a day is wanted")
            return None
        return term

    def _yields(self, term: Term, kind: Kind, scope: Scope) -> bool:
        base = term.variables[0] if term.variables and str(term.base).startswith("$") else None
        return base is None or family(scope.kinds[base]) == family(kind)

    def _party(self, key: str, scope: Scope) -> Term | None:
        node = self.keys.get(key)
        return None if node is None else self._term(node, "actor", scope)

    def _per(self, scope: Scope) -> tuple[str, ...]:
        names = []
        for node in items(self.keys.get("per")):
            name = self.reader.text(node).removeprefix("$")
            if self.bodies.readable(name, node, scope):
                names.append(name)
        return tuple(names)

    def _date(self, node: Node | None) -> Date | None:
        value = None if node is None else self.reader.known(node, "date")
        return value if isinstance(value, Date) else None

    def _heads(self, scope: Scope) -> tuple[Head, ...]:
        heads = []
        for node in items(self.keys["means"]):
            for name, fields in entries(node):
                kind = self.vocabulary.types.get(name)
                if kind is None:
                    self.reader.unknown_name(fields, "type", name, self.vocabulary.types, key=True)
                elif kind.action or name in ("violation", "fulfilled"):
                    self.reader.problem(
                        fields, f"{quoted(name)} can't be concluded; declare a type of its own", key=True
                    )
                else:
                    heads.append(
                        Head(name, self._head_fields(kind, fields, scope), self.reader.place(fields, key=True))
                    )
        return tuple(heads)

    def _head_fields(self, kind: FactType, node: Node, scope: Scope) -> tuple[tuple[str, Term], ...]:
        found = []
        for name, spelt in entries(node):
            field = kind.fields.get(name)
            if field is None:
                self.reader.unknown_name(spelt, f"field of {kind.name}", name, kind.fields, key=True)
                continue
            term = self._term(spelt, field.kind, scope)
            if term is None:
                continue
            base = next(iter(term.variables), None) if str(term.base).startswith("$") else None
            if base is not None and family(scope.kinds[base]) != family(field.kind):
                self.reader.problem(spelt, f"`${base}` is {a(scope.kinds[base])}; `{name}` is {a(field.kind)}")
            elif field.options and base is None and term.base not in field.options:
                self.reader.problem(spelt, f"{quoted(str(term.base))} is not one of {', '.join(field.options)}")
            elif term.steps and field.kind in (*TEXTUAL, "duration"):
                self.reader.problem(spelt, f"nothing can be added to {a(field.kind)}")
            else:
                found.append((name, term))
        return tuple(found)

    def _templates(self, key: str, scope: Scope) -> Mapping[str, Template]:
        node = self.keys.get(key)
        if node is None:
            return {}
        spelt = dict(entries(node)) if isinstance(node.value, dict) else {"en": node}
        found: dict[str, Template] = {}
        for language, text in spelt.items():
            if language not in LANGUAGES:
                self.reader.unknown_name(text, "language", language, LANGUAGES, key=True)
                continue
            try:
                template = parse_template(self.reader.text(text))
            except ValueError as error:
                self.reader.problem(text, str(error))
                continue
            names = [name for part in template if isinstance(part, Term) for name in part.variables]
            if all(self.bodies.readable(name, text, scope) for name in names):
                found[language] = template
        return found


def members_of(keys: Mapping[str, Node], key: str, inner: str) -> Node | None:
    """A member of a member, or None."""
    return members(keys[key]).get(inner) if key in keys else None

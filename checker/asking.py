"""The questions that would decide a case, each asked once, and the case judged again with each answer.

A question is what findings ask (`questions`); here those that ask the same are put together, an answer is read,
and what it states is made in the case as it is written. Whoever asks shows and hears: nothing is printed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

from checker.api import day_of_judging, load_pack, which_engine
from checker.case import agreement_of, read_case
from checker.choices import day_of
from checker.contrast import Turned, about, but_elements
from checker.errors import CaseError, Place, Problem, UsageError, nearest, quoted
from checker.fitting import Tests, completed, pinned, values_of
from checker.json_text import dumps
from checker.judging import Asked, judge_case, names
from checker.load import Document, Node, load, load_file, plain
from checker.model import Case, Fact, Field, Pack
from checker.options import DEFAULT_PACK, Options
from checker.splice import spliced
from checker.stating import (
    FactStated,
    FieldStated,
    ListStated,
    Plain,
    Statement,
    joined,
    next_path,
    stated,
)
from checker.values import Unknown, Value
from checker.verdict import Answer, Ask, Finding, PatchStep, Verdict

Key: TypeAlias = "tuple[str, tuple[object, ...]]"  # a finding, whatever the answers so far
_NOBODY = ("other-party", "unknown", "none")
_OPEN = ("undetermined", "contested")


class Question(NamedTuple):
    """One question, and the findings that hang on it, each with what the answers would make of it.

    `fields`: what is asked about. Of a fact that the case gives, one field; of a fact nobody listed, the fields
    that have to be stated where there is one, with what is asked of each in `tests`.
    """

    ask: Ask
    type: str
    path: str  # of the fact that the case gives; '' for one that nobody listed
    fields: tuple[Field, ...]
    tests: Tests
    hangs: tuple[tuple[Finding, tuple[Answer, ...]], ...]
    who: tuple[str, ...]  # could know: whom the fact names, else whom the finding does
    place: Place | None

    @property
    def offered(self) -> tuple[Answer, ...]:
        """The answers named, each once; of which a day has to be stated, none."""
        answers = {answer.answer: answer for _, each in self.hangs for answer in each}
        return () if self.path and self.fields[0].kind == "date" else tuple(answers.values())

    @property
    def decides(self) -> bool:
        """Whether one of its answers alone settles a finding."""
        return any(decides(answers) for _, answers in self.hangs)


class Inquiry:
    """A case being asked about: what has been stated so far, and the verdict with all of it."""

    def __init__(self, path: str, options: Options, rule: str | None = None) -> None:
        """Read and judge the case; with a rule, ask for the findings of that one alone."""
        documents = load_file(Path(path), error=CaseError)
        if len(documents) != 1:
            several = Problem(documents[1].place(documents[1].root), "there are several cases here; one is wanted")
            raise CaseError([several])
        self.document, self.rule, self.options = documents[0], rule, options
        self.opened = load_pack(options.pack or agreement_of(self.document) or DEFAULT_PACK)
        if rule is not None and rule not in self.pack.rules:
            message = f"`{self.pack.id}` has no rule {quoted(rule)}{nearest(rule, self.pack.rules)}"
            raise UsageError(message)
        self.written: Plain = plain(self.document.root)  # type: ignore[assignment]  # else it is no case
        self.statements: tuple[Statement, ...] = ()
        self.passed: set[tuple[str, str]] = set()  # questions answered or declined
        self.verdict = self._judged(self.document)

    @property
    def pack(self) -> Pack:
        """The pack that the case is judged by."""
        return self.opened.pack

    @property
    def patch(self) -> tuple[PatchStep, ...]:
        """What was stated so far, as a JSON Patch on the case."""
        return stated(self.written, self.statements)[1]

    def open(self) -> list[Question]:
        """The questions that are open: those that decide alone first, then those on which most hangs.

        Then in the order of the findings.
        """
        found: dict[tuple[str, str, Tests], list[tuple[Finding, Ask]]] = {}
        for finding in self.verdict.findings:
            if self.rule is None or names(self.rule, finding.rule):
                for ask in finding.questions:
                    found.setdefault((ask.about, ask.ask, ask.tests), []).append((finding, ask))
        asked = [self._question(hangs) for hangs in found.values()]
        left = (each for each in asked if _key_of(each) not in self.passed)
        return sorted(left, key=lambda each: (not each.decides, -len(each.hangs)))

    def decline(self, question: Question) -> None:
        """Nobody knows: it is not asked again."""
        self.passed.add(_key_of(question))

    def state(self, question: Question, statement: Statement) -> tuple[Turned, ...]:
        """What turns with the answer; CaseError where the case can't say so, and then nothing is stated."""
        statements = joined(self.statements, statement)
        case, _ = stated(self.written, statements)
        document = self._again(case)
        before, self.verdict = self.verdict, self._judged(document)
        self.statements = statements
        self.decline(question)
        return self._turned(before, question)

    def yes(self, question: Question, known: Mapping[str, Value]) -> Statement:
        """There is such a fact: the fields that are asked for one by one, and those that are known besides."""
        case, _ = stated(self.written, self.statements)
        fields = dict(pinned(question.tests))
        told = {name: values[0] for name, values in fields.items() if len(values) == 1} | dict(known)
        if "id" in self.pack.types[question.type].fields and "id" not in told:
            told["id"] = self._new_id(question.type)
        ordered = tuple((name, told[name]) for name in self.pack.types[question.type].fields if name in told)
        return FactStated("facts", question.type, ordered, next_path(case, "facts", question.type))

    def no(self, question: Question) -> Statement:
        """There is no such fact: the list is complete, as far as the question goes."""
        return ListStated(completed(question.type, question.tests, self.complete))

    def changed_text(self) -> bytes:
        """The file with everything stated; SpliceError where its text can't be changed so."""
        raw = Path(self.document.file).read_bytes()
        return spliced(self.document, raw, self.patch)

    # --- judging ------------------------------------------------------------------

    def _again(self, case: Plain) -> Document:
        """The changed case as a document under the same name."""
        text = dumps(case)
        return load(text, self.document.file, error=CaseError, format="json")[0]

    def _case(self, document: Document) -> Case:
        as_of = None if self.options.as_of is None else day_of(self.options.as_of)
        return read_case(document, self.pack, self.document.file, as_of, day_of_judging())

    def _judged(self, document: Document) -> Verdict:
        asked = Asked(which_engine(None), {}, language=self.options.lang)
        case = self._case(document)
        verdict = judge_case(self.opened, case, document, asked)
        self.complete = case.complete
        return verdict

    def _new_id(self, name: str) -> str:
        case, _ = stated(self.written, self.statements)
        taken = set(_texts(case))
        return next(f"{name}-{n}" for n in range(1, len(taken) + 2) if f"{name}-{n}" not in taken)

    def _turned(self, before: Verdict, question: Question) -> tuple[Turned, ...]:
        field = (question.type, question.fields[0].name) if question.path else None
        then, now = self._statuses(before, field), self._statuses(self.verdict, field)
        return tuple(
            Turned(key[0], (now.get(key) or then[key])[0], status_of(then, key), status_of(now, key))
            for key in but_elements([key for key in {**then, **now} if status_of(then, key) != status_of(now, key)])
        )

    def _statuses(self, verdict: Verdict, field: tuple[str, str] | None) -> dict[Key, tuple[str | None, str]]:
        """Each finding by what stays the same of its subject when the field gets a value."""
        return {
            (each.rule, tuple(self._lasting(part, field) for part in each.subject)): (
                about(each),
                each.status,
            )
            for each in verdict.findings
        }

    def _lasting(self, part: Value | Fact, field: tuple[str, str] | None) -> object:
        if not isinstance(part, Fact):
            return part
        values = zip(self.pack.types[part.type].fields, part.values, strict=True)
        kept = tuple(None if isinstance(v, Unknown) or (part.type, name) == field else v for name, v in values)
        return part.type, kept

    # --- questions ------------------------------------------------------------------

    def _question(self, hangs: list[tuple[Finding, Ask]]) -> Question:
        ask = hangs[0][1]
        answers = tuple((finding, each.answers) for finding, each in hangs)
        if ask.tests or not ask.about.startswith("/"):
            kind = self.pack.types[ask.about]
            known = {name for name, values in pinned(ask.tests) if len(values) == 1}
            left = tuple(kind.fields[name] for name in dict.fromkeys(t.field for t in ask.tests) if name not in known)
            actors = (
                value for test in ask.tests if kind.fields[test.field].kind == "actor" for value in values_of(test)
            )
            who = _who(actors, hangs)
            return Question(ask, kind.name, "", left, ask.tests, answers, who, None)
        path, _, name = ask.about.rpartition("/")
        kind = self.pack.types[path.rpartition("/")[2]]
        fields = self._at(path)
        actors = (fields[each.name] for each in kind.fields.values() if each.kind == "actor" and each.name in fields)
        who = _who(actors, hangs)
        return Question(ask, kind.name, path, (kind.fields[name],), (), answers, who, self._place(ask.about))

    def _at(self, path: str) -> Mapping[str, Value]:
        """What the case states of the fact at a path."""
        place: object = stated(self.written, self.statements)[0]
        for name in path.split("/")[1:]:
            place = place[int(name)] if isinstance(place, list) else place[name]  # type: ignore[index]  # it is there
        return place if isinstance(place, dict) else {}

    def _place(self, path: str) -> Place | None:
        """Where the file has it, or the fact that lacks it; None for what the answers added."""
        node, last = self.document.root, self.document.root
        for name in path.split("/")[1:]:
            found = _member(node, name)
            if found is None:
                break
            last, node = found, found
        return None if last.key is None else self.document.place(last, key=True)


def decides(answers: Iterable[Answer]) -> bool:
    """Whether one of the answers by itself leaves a finding neither undetermined nor contested."""
    return any(answer.status not in _OPEN for answer in answers)


def status_of(statuses: Mapping[Key, tuple[str | None, str]], key: Key) -> str:
    """The status of a finding; `silent` where there is none."""
    return statuses[key][1] if key in statuses else "silent"


def given(question: Question, value: Value) -> Statement:
    """The field that is asked about has this value."""
    return FieldStated(question.path, question.fields[0].name, value)


def _key_of(question: Question) -> tuple[str, str]:
    return question.ask.about, question.ask.ask


def _who(named: Iterator[Value], hangs: list[tuple[Finding, Ask]]) -> tuple[str, ...]:
    """Whom the fact names; where that is one alone, or nobody, also those whom the findings do."""
    told = {each: None for each in named if isinstance(each, str) and each not in _NOBODY}
    owed = (each for finding, _ in hangs for each in (finding.by, finding.towards) if each is not None)
    return tuple(told if len(told) > 1 else dict.fromkeys((*told, *owed)))


def _member(node: Node, name: str) -> Node | None:
    if isinstance(node.value, dict):
        return node.value.get(name)
    if isinstance(node.value, list) and name.isdigit() and int(name) < len(node.value):
        return node.value[int(name)]
    return None


def _texts(value: object) -> Iterator[str]:
    """Every text in a plain value."""
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value

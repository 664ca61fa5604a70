"""An inquiry in words: what is asked and what hangs on it, what an answer turned, and how to keep the answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff
from typing import NamedTuple

from checker.answers import COUNTED
from checker.asking import Inquiry, Question, decides
from checker.contrast import Turned, but_elements
from checker.fitting import values_of
from checker.messages import both, listed, wanted
from checker.model import Field, text_in
from checker.report import words
from checker.report.json import Json, dump, report
from checker.report.story import at, patch_json, status
from checker.results import Results
from checker.speech import Speech
from checker.terminal import Look, line, shown, wrap
from checker.verdict import Answer, Ask, Finding, PatchStep

PROMPT = "> "
_INDENT = "  "


class Teller(NamedTuple):
    """Sentences of one inquiry, in one language and for one screen."""

    speech: Speech
    look: Look

    def opening(self, inquiry: Inquiry) -> str:
        """The verdict as it stands, and how to answer."""
        told = [_verdict(inquiry, self.speech)]
        if count := len(inquiry.open()):
            told.append(self.speech.many("{number} question is open.", "{number} questions are open.", count))
            told.append(self.speech.say("Answer by number, word or day. Enter: not known. `q`: no more questions."))
        else:
            told.append(_what_is_left(inquiry, self.speech))
        return self._lines(told)

    def question(self, question: Question, number: int) -> str:
        """What is asked, what hangs on it, who could know, and what each answer would mean."""
        say = self.speech.say
        ask = question.ask.ask[:1].upper() + question.ask.ask[1:]
        if question.place is not None:
            ask = say("{text} ({place})", text=ask, place=question.place)
        told = [_hangs(finding, answers, self.speech) for finding, answers in question.hangs]
        if question.who:
            names = listed(map(self.speech.name, question.who), self.speech)
            told.append(say("Who could know: {names}.", names=names))
        told += _answers(question, self.speech)
        return "\n" + self._lines([f"{number}. {ask}"]) + self._lines(told, 1)

    def detail(self, question: Question, field: Field) -> str:
        """A field of the fact that there is, and what was asked of it."""
        tests = [test for test in question.tests if test.field == field.name]
        asked = both((wanted(test.op, values_of(test), self.speech) for test in tests), self.speech)
        told = self.speech.say("What is its `{field}`? Asked for: {wanted}.", field=field.name, wanted=asked)
        return self._lines([told, *(f"{number}. {option}" for number, option in enumerate(field.options, 1))], 1)

    def turned(self, inquiry: Inquiry, before: str, turned: Sequence[Turned]) -> str:
        """What an answer changed: findings, and the whole case."""
        say, after = self.speech.say, inquiry.verdict.status
        told = []
        for each in turned:
            was, now = status(each.before, self.speech), status(each.after, self.speech)
            name = at(each.rule, each.about)
            told.append(say("{finding} was {before} and is now {after}.", finding=name, before=was, after=now))
        was, now = status(before, self.speech), status(after, self.speech)
        stays = say("The case stays {status}.", status=now)
        told.append(stays if was == now else say("The case was {before} and is now {after}.", before=was, after=now))
        return self._lines(told, 1)

    def refused(self, reason: str) -> str:
        """Why what was typed is no answer."""
        return self._lines([reason], 1)

    def ending(self, inquiry: Inquiry, unknown: Iterable[str]) -> str:
        """How it stands at the end, and what nobody knew."""
        told = [_verdict(inquiry, self.speech), _what_is_left(inquiry, self.speech)]
        told += [self.speech.say("Not known: {question}", question=each) for each in unknown]
        if not inquiry.statements:
            told.append(self.speech.say("Nothing was answered, so the case stays as it is."))
        return "\n" + self._lines(told)

    def difference(self, before: str, after: str, name: str) -> str:
        """The lines of the case that change with the answers, as `patch` reads them."""
        lines = unified_diff(before.splitlines(), after.splitlines(), name, name, n=1, lineterm="")
        head = self.speech.say("To keep the answers, change the case so:")
        return "\n" + self._lines([head]) + "".join(f"{shown(each)}\n" for each in lines)

    def patch(self, steps: Iterable[PatchStep]) -> str:
        """The same for a case whose text can't be changed in place."""
        head = self.speech.say("To keep the answers, apply this JSON Patch to the case:")
        return "\n" + self._lines([head]) + dump(patch_json(steps), indent=None) + "\n"

    def closing(self, inquiry: Inquiry) -> str:
        """The line that every report for people ends with."""
        return "\n" + self._lines([words.closing(inquiry.opened.coverage, self.speech)])

    def _lines(self, told: Iterable[str], depth: int = 0) -> str:
        return "".join(f"{text}\n" for each in told for text in self._wrapped(each, depth))

    def _wrapped(self, text: str, depth: int) -> Iterator[str]:
        for index, part in enumerate(wrap(line(text), self.look.width - len(_INDENT) * (depth + 1))):
            yield _INDENT * (depth + (index > 0)) + part


def name_of(finding: Finding) -> str:
    """A finding by its rule and action."""
    return at(finding.rule, finding.action)


def _hangs(finding: Finding, answers: Iterable[Answer], speech: Speech) -> str:
    """Whether an answer decides the finding: by itself, with others, or not at all."""
    told = {"finding": name_of(finding), "title": finding.title}
    if decides(answers):
        return speech.say("This decides {finding}: {title}.", **told)
    if len(finding.questions) > 1:
        return speech.say("Not this alone, but together with other answers, decides {finding}: {title}.", **told)
    return speech.say("This changes {finding}, and does not decide it: {title}.", **told)


def _verdict(inquiry: Inquiry, speech: Speech) -> str:
    found = status(inquiry.verdict.status, speech)
    day = words.judged(inquiry.verdict, speech)
    return speech.say("{case}: {status}, {day}", case=line(inquiry.verdict.case), status=found, day=day)


def _what_is_left(inquiry: Inquiry, speech: Speech) -> str:
    """Whether anything is undecided, and whether an answer could decide it."""
    if count := len(inquiry.open()):
        return speech.many("{number} question is open.", "{number} questions are open.", count)
    left = [each for each in inquiry.verdict.findings if each.status == "undetermined"]
    if not left:
        return speech.say("No question is left, and nothing is undetermined.")
    keys = but_elements([(each.rule, each.subject) for each in left])
    told = listed((name_of(each) for each in left if (each.rule, each.subject) in keys), speech)
    return speech.say("No question is left. Still undetermined: {findings}.", findings=told)


def _answers(question: Question, speech: Speech) -> Iterator[str]:
    """Each answer with what the findings would come to; days are told in ranges, and what is counted has no number."""
    numbered = not question.path or question.fields[0].kind not in ("date", *COUNTED)
    answers = dict.fromkeys(answer.answer for _, each in question.hangs for answer in each)
    for number, answer in enumerate(answers, 1):
        found = [(finding, one.status) for finding, each in question.hangs for one in each if one.answer == answer]
        told = [status(each, speech) for _, each in found]
        if len(question.hangs) > 1:
            told = [f"{name_of(finding)} {each}" for (finding, _), each in zip(found, told, strict=True)]
        then = speech.say("{answer}: then {status}", answer=answer, status=listed(told, speech))
        yield f"{number}. {then}" if numbered else then


def as_json(inquiry: Inquiry, answered: Iterable[tuple[Ask, str]]) -> str:
    """The report of the case as the answers have it, with what was asked, and the patch that writes it down."""
    verdict, opened = inquiry.verdict, inquiry.opened
    title = text_in(opened.pack.title, inquiry.options.lang)
    results = Results(
        verdicts=(verdict,),
        pack=opened.pack.id,
        pack_version=opened.pack.version,
        pack_title=title,
        coverage=opened.coverage,
        fail_on=inquiry.options.fail_on,
        min_severity="error",
        problems=(),
        language=inquiry.options.lang,
    )
    asked: list[Json] = [{"ask": ask.ask, "about": ask.about, "answer": typed or None} for ask, typed in answered]
    told: Json = {"asked": asked, "patch": [*patch_json(inquiry.patch)]}
    return dump({**report(results), "story": told}, indent=2) + "\n"

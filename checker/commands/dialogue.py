"""Asking at a terminal, or of the lines of standard input: question after question, and the answers kept."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from checker.answers import COUNTED, END, NOT_KNOWN, Refused, chosen, value_of, yes_or_no
from checker.asking import Inquiry, Question, given
from checker.commands.written import put, tell
from checker.errors import CaseError, UsageError, quoted
from checker.outputs import reason, write_new, write_stream
from checker.report.asking import PROMPT, Teller, as_json
from checker.speech import speech
from checker.splice import SpliceError
from checker.terminal import line

if TYPE_CHECKING:
    from checker.model import Field
    from checker.options import Options
    from checker.speech import Speech
    from checker.stating import Statement
    from checker.terminal import Look
    from checker.values import Value

Put = Callable[[str], None]


class EndedError(Exception):
    """No more answers: standard input is at its end, or `q` was typed."""


class Answered(NamedTuple):
    """A question, and what was typed for it; '' where nobody knows."""

    question: Question
    typed: str


def ask(path: str, options: Options, rule: str | None, write: str | None, form: str, look: Look) -> None:
    """Ask about the case, and show how to keep the answers; as JSON the dialogue goes to standard error."""
    if path == "-":
        message = "--ask: the answers are read from standard input; name the file of the case"
        raise UsageError(message)
    if write is not None and (Path(write).exists() or not Path(write).parent.is_dir()):
        known = Path(write).exists()
        raise UsageError(_unwritable(write, "it is there already" if known else "there is no such folder"))
    inquiry = Inquiry(path, options, rule)
    teller = Teller(speech(options.lang).naming(inquiry.pack.names), look)
    show: Put = put if form == "text" else partial(write_stream, sys.stderr)
    show(teller.opening(inquiry))
    answered: list[Answered] = []
    if inquiry.open():
        answered = converse(inquiry, teller, show)
        show(teller.ending(inquiry, [each.question.ask.ask for each in answered if not each.typed]))
    _keep(inquiry, write, teller, show)
    put(teller.closing(inquiry) if form == "text" else as_json(inquiry, [(q.ask, typed) for q, typed in answered]))


def converse(inquiry: Inquiry, teller: Teller, show: Put) -> list[Answered]:
    """Ask until nothing is open or no more answers come."""
    answered: list[Answered] = []
    try:
        while questions := inquiry.open():
            question = questions[0]
            show(teller.question(question, len(answered) + 1))
            answered.append(Answered(question, _answer(question, inquiry, teller, show)))
    except EndedError:
        show("\n")
    return answered


def _answer(question: Question, inquiry: Inquiry, teller: Teller, show: Put) -> str:
    """What was typed for a question, once it is an answer; its statement is made."""
    while True:
        typed = _heard(show)
        if typed in NOT_KNOWN:
            inquiry.decline(question)
            return ""
        statement = _stated(question, typed, inquiry, teller, show)
        if isinstance(statement, Refused):
            show(teller.refused(statement.reason))
            continue
        before = inquiry.verdict.status
        try:
            turned = inquiry.state(question, statement)
        except CaseError as error:
            show(teller.refused("; ".join(line(problem.message) for problem in error.problems)))
            continue
        show(teller.turned(inquiry, before, turned))
        return typed


def _stated(question: Question, typed: str, inquiry: Inquiry, teller: Teller, show: Put) -> Statement | Refused:
    if question.path:
        value = _value(question, typed, teller.speech)
        return value if isinstance(value, Refused) else given(question, value)
    is_there = yes_or_no(typed, teller.speech)
    if isinstance(is_there, Refused):
        return is_there
    if not is_there:
        return inquiry.no(question)
    known: dict[str, Value] = {}
    for field in question.fields:
        show(teller.detail(question, field))
        detail = _detail(field, teller, show)
        if detail is not None:
            known[field.name] = detail
    return inquiry.yes(question, known)


def _value(question: Question, typed: str, speech: Speech) -> Value | Refused:
    """One of the values offered, or another of the field."""
    field = question.fields[0]
    named = [each for each in question.offered if each.value is not None]
    if named and not field.options and field.kind not in COUNTED:
        index = chosen([each.answer for each in named], typed, speech)
        if not isinstance(index, Refused) and (value := named[index].value) is not None:
            return value
    return value_of(field, typed, speech)


def _detail(field: Field, teller: Teller, show: Put) -> Value | None:
    """The value of a field of a fact that there is; None where nobody knows."""
    while True:
        typed = _heard(show)
        if typed in NOT_KNOWN:
            return None
        value = value_of(field, typed, teller.speech)
        if isinstance(value, Refused):
            show(teller.refused(value.reason))
        else:
            return value


def _heard(show: Put) -> str:
    """The next line; where nobody types it, it is shown as if somebody had."""
    show(PROMPT)
    stream = sys.stdin
    told = "" if stream is None else stream.buffer.readline().decode("utf-8", "replace")
    if not told:
        raise EndedError
    typed = line(told)
    if stream is not None and not stream.isatty():
        show(f"{typed}\n")
    if typed.casefold() == END:
        raise EndedError
    return typed


def _keep(inquiry: Inquiry, write: str | None, teller: Teller, show: Put) -> None:
    """Show how the answers are written into the case; into a new file if one is named."""
    if not inquiry.statements:
        return
    before = inquiry.document.text
    try:
        content = inquiry.changed_text()
    except SpliceError as error:
        show(teller.patch(inquiry.patch))
        if write is not None:
            raise
        tell(*(str(problem) for problem in error.problems))
        return
    show(teller.difference(before, content.decode("utf-8-sig"), inquiry.document.file))
    if write is not None:
        try:
            write_new(Path(write), content)
        except OSError as error:
            raise UsageError(_unwritable(write, reason(error))) from None
        tell(f"the case with the answers is written to {write}")


def _unwritable(path: str, why: str) -> str:
    return f"--write: can't write {quoted(path)}: {why}"

"""One finding for people: title, the user's lines underlined, then short labels in the order a reader asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from checker.messages import UNKNOWN, listed, one_after_another, sentences
from checker.model import Severity
from checker.report import suppressed, words
from checker.report.layout import MARGIN, NARROW, Page, indented
from checker.report.snippet import Mark, snippet
from checker.report.why import why
from checker.results import Results
from checker.speech import Speech, forms, noted, speech
from checker.terminal import Look, columns, line, wrap
from checker.verdict import FINDING_STATUSES, Ask, FactView, Finding, Missing, Verdict

COLOURS = {
    "violated": "red",
    "invalid": "red",
    "contested": "magenta",
    "undetermined": "yellow",
    "warning": "yellow",
    "pending": "cyan",
}
FINE = "green"
LABELS = {
    "waived": noted("Waived:"),
    "accepted": noted("Accepted:"),
    "what": noted("What:"),
    "who": noted("Who:"),
    "rule": noted("Rule:"),
    "basis": noted("Basis:"),
    "because": noted("Because:"),
    "days": noted("Days:"),
    "elements": noted("Elements:"),
    "missing": noted("Missing:"),
    "found": noted("Found:"),
    "question": noted("Question:"),
    "readings": noted("Readings:"),
    "excused": noted("Excused:"),
    "displaced": noted("Displaced:"),
    "repaired": noted("Repaired:"),
    "follows": noted("Follows:"),
    "horizon": noted("Horizon:"),
    "remedy": noted("Remedy:"),
    "ways": noted("Ways out:"),
}


_FAILING = words.NEEDS_ATTENTION - {"pending"}
_LESSER: Mapping[Severity, tuple[str, str]] = {  # what can be found of a case that complies
    "warning": forms("{number} warning {status}", "{number} warnings {status}"),
    "note": forms("{number} note {status}", "{number} notes {status}"),
}


def page_for(results: Results, look: Look) -> Page:
    """A page in the language of the results, its labels wide enough for the longest."""
    spoken = speech(results.language)
    return Page(results, look, spoken, 1 + max(columns(spoken.say(label)) for label in LABELS.values()))


def headline(verdict: Verdict, speech: Speech) -> str:
    """What a case came to; where that is well, with the findings that fail and yet weigh too little to count."""
    status = words.status(verdict.status, speech)
    lesser = Counter((each.severity, each.status) for each in _lesser(verdict))
    told = [
        speech.many(*_LESSER[severity], number, status=words.status(name, speech))
        for severity in _LESSER
        for name in FINDING_STATUSES
        if (number := lesser[severity, name])
    ]
    return speech.say("{status}, with {findings}", status=status, findings=listed(told, speech)) if told else status


def standing(verdict: Verdict) -> str:
    """The word by which what a case came to is coloured: its status, or that it complies with a warning."""
    return "warning" if _lesser(verdict) else verdict.status


def _lesser(verdict: Verdict) -> list[Finding]:
    """Of a case that complies: the findings that fail, without those that another one tells of."""
    if verdict.status != "compliant":
        return []
    failing = [each for each in verdict.findings if each.status in _FAILING]
    elements = [element for each in failing for element in elements_of(each, verdict)]
    return [each for each in failing if each not in elements]


def tell(finding: Finding, verdict: Verdict, page: Page) -> list[str]:
    """Everything there is to say of it."""
    look = page.look
    lines = [*_title(finding, page), f"{MARGIN}{look.paint('-->', 'blue')} {finding.place}"]
    lines += [MARGIN + text for text in marked(finding, verdict, page)]
    for name, told in sections(finding, elements_of(finding, verdict), page):
        label = page.speech.say(LABELS[name])
        shown = look.paint(label, "bold") + " " * (page.label - columns(label))
        for index, row in enumerate(told):
            lines.append(f"{MARGIN}{shown if not index else ' ' * page.label}{row}".rstrip())
    return lines


def marked(finding: Finding, verdict: Verdict, page: Page) -> Iterator[str]:
    """The marked lines; where they are of another text than the finding's place is in, with that place before them."""
    marks = _marks(finding, page)
    if marks[0].place.file != finding.place.file:
        yield f"{page.look.paint('-->', 'blue')} {marks[0].place}"
    yield from snippet(verdict.lines_of(marks[0].place.file), marks, indented(page.look))


def _title(finding: Finding, page: Page) -> list[str]:
    head = page.speech.say(
        "{severity}[{rule}] {status}:",
        severity=words.severity(finding, page.speech),
        rule=finding.rule,
        status=words.status(finding.status, page.speech),
    )
    told = line(page.speech.say("{head} {title}", head=head, title=finding.title))
    first, *others = wrap(told, page.look.width - len(MARGIN))
    painted = page.look.paint(head, COLOURS.get(finding.status, FINE), "bold")
    return [painted + first[len(head) :] if first.startswith(head) else first, *(MARGIN + each for each in others)]


def _marks(finding: Finding, page: Page) -> list[Mark]:
    """The value that decided, and the action where it stands on another line."""
    colour = COLOURS.get(finding.status, FINE)
    if finding.underline is None:
        return [Mark(finding.place, "^", "", (colour, "bold"))]
    marks = [Mark(finding.underline, "^", _wanted_there(finding, page), (colour, "bold"))]
    if finding.place.line != finding.underline.line and finding.place.file == finding.underline.file:
        marks.append(Mark(finding.place, "-", page.speech.say("judged here"), ("blue",)))
    return marks


def _wanted_there(finding: Finding, page: Page) -> str:
    for missing in finding.missing:
        for near in missing.near:
            for test in near.failed:
                if test.place == finding.underline:
                    return page.speech.say("wanted: {wanted}", wanted=test.wanted)
    return ""


def elements_of(finding: Finding, verdict: Verdict) -> list[Finding]:
    """What the elements of a block say of what its own rule speaks of."""
    return [
        each
        for each in verdict.findings
        if each.rule.startswith(f"{finding.rule}/") and each.subject == finding.subject
    ]


def sections(finding: Finding, elements: list[Finding], page: Page) -> Iterator[tuple[str, Iterable[str]]]:
    """Label and lines, in the order a reader asks: what, who, by which law, why, what is missing, what to do."""
    if finding.waiver is not None:
        yield "waived", page.wrap(suppressed.waived(finding.waiver, page.speech))
    if finding.in_baseline:
        yield "accepted", page.wrap(page.speech.say("By the baseline."))
    if what := finding.message if finding.message != finding.title else words.meaning(finding, page.speech):
        yield "what", page.wrap(what)
    if bound := _party(finding, page.speech):
        yield "who", page.wrap(bound)
    yield "rule", [text for told in law(finding, page.speech) for text in page.wrap(told)]
    yield "basis", page.wrap(words.basis(finding, page.speech))
    if because := list(why(finding.because, page)):
        yield "because", because
    if finding.sums:
        yield "days", [text for each in finding.sums for text in page.wrap(each)]
    yield from _short(finding, elements, page)
    for name, told in _outcomes(finding, page.speech):
        yield name, page.wrap(told)
    if finding.remedies:
        yield "ways", [text for each in _ways(finding, page.speech) for text in page.wrap(each)]
    elif finding.no_remedy:
        yield "ways", page.wrap(page.speech.say("None was found: {reason}.", reason=finding.no_remedy))


def _short(finding: Finding, elements: list[Finding], page: Page) -> Iterator[tuple[str, Iterable[str]]]:
    """Where it falls short: the elements, what was looked for, what was found instead, what would decide."""
    if elements:
        yield "elements", [text for told in _elements(elements, page.speech) for text in page.wrap(told)]
    for missing in finding.missing:
        yield "missing", _missing(missing, page)
    if finding.found:
        yield "found", [text for each in finding.found for text in page.wrap(_placed(each, page.speech))]
    for question in finding.questions:
        yield "question", _question(question, page)


def _elements(elements: list[Finding], speech: Speech) -> Iterator[str]:
    """The elements that fail, each with what is said of it; then the others by their status."""
    others: dict[str, list[str]] = {}
    for each in elements:
        name, status = each.rule.partition("/")[2], words.status(each.status, speech)
        if each.status not in words.NEEDS_ATTENTION:
            others.setdefault(status, []).append(name)
        elif each.message == each.title:
            yield speech.say("{element}: {status}", element=name, status=status)
        else:
            yield speech.say("{element}: {status}. {message}", element=name, status=status, message=each.message)
    for status, names in others.items():
        yield speech.say("{element}: {status}", element=listed(names, speech), status=status)


def _party(finding: Finding, speech: Speech) -> str:
    """On whom the rule lies, towards whom and until when: a duty, a condition or a prohibition alike."""
    due = "" if finding.due in (None, "none") else speech.say(UNKNOWN) if finding.due == UNKNOWN else finding.due
    parties = {"by": finding.by_name, "towards": finding.towards_name}
    if not finding.by:
        return speech.say("Due by {due}.", due=due) if due else ""
    if finding.towards and due:
        return speech.say("Binds {by} towards {towards}; due by {due}.", due=due, **parties)
    if finding.towards:
        return speech.say("Binds {by} towards {towards}.", **parties)
    return speech.say("Binds {by}; due by {due}.", due=due, **parties) if due else speech.say("Binds {by}.", **parties)


def law(finding: Finding, speech: Speech) -> Iterator[str]:
    """What the rule rests on: its clause, its sources, where it is written."""
    if finding.clause:
        yield words.clause(finding.clause, finding.clause_says, speech)
    for cite in finding.cites:
        if cite.quote:
            yield speech.say("Source {source}: “{quote}”.", source=cite.source, quote=cite.quote)
        else:
            yield speech.say("Source {source}.", source=cite.source)
    yield speech.say("Written at {place}.", place=finding.rule_place)


def _outcomes(finding: Finding, speech: Speech) -> Iterator[tuple[str, str]]:
    if finding.status == "contested" or (finding.readings and finding.reading_note):
        yield "readings", _readings(finding, speech)
    if finding.excused_by:
        yield "excused", speech.say("By {what}.", what=finding.excused_by)
    if finding.overridden_by:
        yield "displaced", speech.say("By {rules}.", rules=listed(finding.overridden_by, speech))
    if finding.repaired_by:
        done = one_after_another((_placed(each, speech) for each in finding.repaired_by), speech)
        yield "repaired", speech.say("Later, by {what}. The breach stands.", what=done)
    if finding.then_owes:
        yield "follows", speech.say("This breach calls for {rules}.", rules=listed(finding.then_owes, speech))
    if finding.horizon:
        yield "horizon", speech.say("Nothing was worked out beyond {day}.", day=finding.horizon)
    if finding.remedy and finding.status in words.NEEDS_ATTENTION:
        yield "remedy", finding.remedy


def _ways(finding: Finding, speech: Speech) -> Iterator[str]:
    """The remedies by number, each with who can do it, until when, and what the finding is then."""
    for each in finding.remedies:
        told = each.text
        if each.by_name is not None and each.until is not None:
            told = speech.say("{text} (by {by}, until {until})", text=told, by=each.by_name, until=each.until)
        if each.status != "silent":
            told = speech.say("{text}: then {status}", text=told, status=words.status(each.status, speech))
        yield f"{each.number}. {told}"


def _readings(finding: Finding, speech: Speech) -> str:
    parts = [speech.say("By default this is {status}.", status=words.status(finding.default_status, speech))]
    for each in finding.readings:
        status, readings = words.status(each.status, speech), words.options(each.change)
        parts.append(speech.say("It would be {status} if {readings}.", status=status, readings=readings))
    if finding.status == "contested":
        parts.append(speech.say("Careful lawyers differ on it."))
    return sentences(parts, speech)


def _placed(view: FactView, speech: Speech) -> str:
    return _with_place(words.fact(view), view.place, speech)


def _with_place(text: str, place: object, speech: Speech) -> str:
    return text if place is None else speech.say("{text}, at {place}", text=text, place=place)


def _missing(missing: Missing, page: Page) -> Iterator[str]:
    yield from page.wrap(missing.pattern)
    for near in missing.near:
        fact = _with_place(words.name_of(near.fact), near.fact.place, page.speech)
        yield from (f"  {text}" for text in page.wrap(page.speech.say("near miss: {fact}", fact=fact), 2))
        for test in near.failed:
            told = words.failed_test(test, page.speech)
            yield from (f"    {text}" for text in wrap(told, max(NARROW, page.room - 4)))


def _question(question: Ask, page: Page) -> Iterator[str]:
    asked = line(question.ask)
    told = asked[:1].upper() + asked[1:]
    if question.place is not None:
        told = page.speech.say("{text} ({place})", text=told, place=question.place)
    yield from page.wrap(told)
    for answer in question.answers:
        status = words.status(answer.status, page.speech)
        told = page.speech.say("{answer}: then {status}", answer=answer.answer, status=status)
        yield from (f"  {text}" for text in page.wrap(told, 2))

"""The report for people: what is wrong, where, why, on what ground, and what would put it right.

Plain sentences under short labels, in the order a reader asks. What complies is
only counted, unless all is asked for: then it is shown as evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.errors import Problem
from checker.gate import fails, tally, unjudged_fail, verdict_fails
from checker.report import suppressed, words
from checker.report.finding import COLOURS, FINE, elements_of, headline, page_for, standing, tell
from checker.report.layout import MARGIN, Page, indented
from checker.report.snippet import Mark, snippet
from checker.report.streamed import Streamed, whole
from checker.results import Results
from checker.speech import Speech, noted
from checker.terminal import Look, inert, line, wrap
from checker.verdict import Finding, Verdict

_NARROW = 24  # columns that text always gets


def render(results: Results, look: Look) -> str:
    """All cases, then the run in one line, who judged, and what this report is not."""
    return whole(STREAMED, results, look)


def _told(verdict: Verdict, results: Results, look: Look) -> str:
    return _block(_case(verdict, page_for(results, look)))


def _foot(results: Results, look: Look, any_case: bool) -> str:  # noqa: FBT001 - every format is called alike
    page = page_for(results, look)
    blocks = [[look.paint(words.placed(problem, "error: "), "red") for problem in results.problems]]
    if not look.quiet:
        blocks.append(_end(page))
    elif any_case or results.problems:
        blocks.append([words.closing(results.coverage, page.speech)])
    told = [_block(each) for each in blocks if each]
    return "\n".join(["", *told] if any_case else told)


def _block(lines: Iterable[str]) -> str:
    return inert("".join(f"{text}\n" for text in lines))


STREAMED = Streamed(_told, _foot, between="\n")


def _end(page: Page) -> list[str]:
    results, spoken = page.results, page.speech
    lines = [line(words.summary(results, spoken))]
    if unused := suppressed.idle(results, spoken):
        lines = [spoken.say("These waivers and baseline entries do nothing:"), *_items(unused, page.look), "", *lines]
    for text in judged_by(results, spoken):
        lines += wrap(line(text), page.look.width)
    return [*lines, words.closing(results.coverage, spoken)]


def judged_by(results: Results, spoken: Speech) -> list[str]:
    """By which packs, engines and readings, with which waivers: each once."""
    receipts = tally(results).receipts
    told = [
        spoken.say(
            "Judged by {pack} {version} with {engines}.",
            pack=each.pack,
            version=each.pack_version,
            engines=words.engines(each, spoken),
        )
        for each in receipts
    ]
    several = len({each.pack for each in receipts}) > 1
    for each in receipts:
        readings = words.options(each.readings)
        if readings and several:
            told.append(spoken.say("Readings of {pack}: {readings}.", pack=each.pack, readings=readings))
        elif readings:
            told.append(spoken.say("Readings: {readings}.", readings=readings))
    return [*dict.fromkeys((*told, *suppressed.in_use(results, spoken)))]


# --- a case -------------------------------------------------------------------


def _case(verdict: Verdict, page: Page) -> list[str]:
    """A heading, the findings, what is left over; nothing where quiet and fine."""
    if verdict.problems:
        return [_heading(verdict, page), *(text for each in verdict.problems for text in _problem(each, verdict, page))]
    if page.look.quiet and not verdict_fails(verdict, page.results):
        return []
    lines = [_heading(verdict, page)]
    if told := words.supposed(verdict, page.speech):
        lines += wrap(line(told), page.look.width)
    shown = [finding for finding in verdict.findings if wanted(finding, page)]
    told_of = [element for finding in shown for element in elements_of(finding, verdict)]
    for finding in shown:
        if finding not in told_of:
            lines += ["", *tell(finding, verdict, page)]
    return lines + [text for block in rest(verdict, page) for text in ("", *block)]


def _problem(problem: Problem, verdict: Verdict, page: Page) -> list[str]:
    """What is wrong, and the line it is wrong in."""
    is_here = problem.place is not None and verdict.case.startswith(problem.place.file)
    marks = [Mark(problem.place, "^", "", ("red", "bold"))] if problem.place and is_here else []
    shown = snippet(verdict.source, marks, indented(page.look))
    return ["", words.placed(problem, "error: "), *(MARGIN + text for text in shown)]


def _heading(verdict: Verdict, page: Page) -> str:
    case = page.look.paint(line(verdict.case), "bold")
    colour = COLOURS.get(standing(verdict), FINE)
    status = page.look.paint(headline(verdict, page.speech), colour, "bold")
    if day := words.judged(verdict, page.speech):
        return page.speech.say("{case}: {status}, {day}", case=case, status=status, day=day)
    return page.speech.say("{case}: {status}", case=case, status=status)


def wanted(finding: Finding, page: Page) -> bool:
    """Whether it is shown, and not only counted."""
    if page.look.quiet:
        return fails(finding, page.results)
    return page.look.show_all or finding.status in words.NEEDS_ATTENTION


def rest(verdict: Verdict, page: Page, *, offers_all: bool = True) -> Iterator[list[str]]:
    """What is only counted, and what no rule spoke to or read; `offers_all`: with the flag that shows it."""
    look, say = page.look, page.speech.say
    if any(each.remedies for each in verdict.findings if wanted(each, page)):
        yield wrap(say("Each way out was judged again with the whole pack."), look.width)
    if verdict.unjudged and (not look.quiet or unjudged_fail(page.results)):
        told = (f"{each.place}: {words.unjudged(each, page.speech)}" for each in verdict.unjudged)
        yield [look.paint(say("Not judged:"), "yellow", "bold"), *_items(told, look)]
    if look.quiet:
        return
    if verdict.not_in_force:
        told = (f"{each.place}: {words.not_in_force(each, page.speech)}" for each in verdict.not_in_force)
        yield [say("Not in force:"), *_items(told, look)]
    if verdict.unread:
        told = (f"{each.place}: {words.fact(each)}" if each.place else words.fact(each) for each in verdict.unread)
        yield [*wrap(_unread(verdict, page.speech), look.width), *_items(told, look)]
    if others := [each for each in verdict.findings if not wanted(each, page)]:
        tally = words.counted(words.findings_tally(others), page.speech)
        also = noted("Also {tally} (--show all tells why).") if offers_all else noted("Also {tally}.")
        yield wrap(say(also, tally=tally), look.width)
    elif not verdict.findings and not verdict.unjudged:
        yield [say("No rule of the pack speaks to this case.")]


def _unread(verdict: Verdict, speech: Speech) -> str:
    """Why facts may not have been read."""
    if verdict.not_in_force:
        return speech.say(
            "No rule that was applied read these facts: actions lie outside the time in force, or a value is misspelt:"
        )
    return speech.say("No rule read these facts; look for a misspelt value:")


def _items(texts: Iterable[str], look: Look) -> Iterator[str]:
    for text in texts:
        yield from _hung(line(text), f"{MARGIN}- ", f"{MARGIN}  ", look)


def _hung(text: str, first: str, then: str, look: Look) -> Iterator[str]:
    """`text` wrapped, its first line after `first` and the others after `then`."""
    for index, part in enumerate(wrap(text, max(_NARROW, look.width - len(then)))):
        yield (first if not index else then) + part

"""The report for people as a page: one file, with its style and script in it, that fetches nothing.

What stands in it is what `text` tells; here it is laid out, folded, drawn and made searchable. Printed, all of it
is unfolded.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from checker.exits import INTERRUPTED, NO_ANSWER
from checker.gate import exit_status, fails, verdict_fails
from checker.report import html_case, html_register, words
from checker.report.finding import headline, standing
from checker.report.html_parts import Sheet, items, lines, rows, sheet_of
from checker.report.outline import unbroken
from checker.report.page import Frame, Html, chip, page, stylesheet, tag, together
from checker.results import Results
from checker.speech import noted
from checker.terminal import Look
from checker.verdict import Verdict

_MOST_NAMED = 5  # findings of a case that the table names
_SECTIONS = {  # in the order of the page
    "cases": noted("Cases"),
    "readings": noted("Readings"),
    "clauses": noted("Clauses"),
    "sources": noted("Sources"),
    "receipt": noted("Receipt"),
}


def render(results: Results, look: Look) -> str:
    """The whole run as a page."""
    sheet = sheet_of(unbroken(results, look))
    say = sheet.say
    sections = {
        "cases": html_case.cases(sheet),
        "readings": html_register.readings(sheet),
        "clauses": html_register.clauses(sheet),
        "sources": html_register.sources(sheet),
        "receipt": html_register.receipt(sheet),
    }
    frame = Frame(
        language=results.language,
        title=say("{title}: compliance report", title=words.pack_titles(results, sheet.speech)),
        style=stylesheet("page.css", "report.css"),
        header=_header(sheet, [name for name, told in sections.items() if told]),
        footer=tag("footer", tag("p", words.closing(results.coverage, sheet.speech)), class_="site"),
        skip=say("Skip to the content"),
        script="\n" + Path(__file__).with_name("report.js").read_text("utf-8"),
    )
    parts = (
        tag("section", tag("h2", say(_SECTIONS[name]), id=f"{name}-title"), told, id=name) if name != "cases" else told
        for name, told in sections.items()
        if told
    )
    return page(frame, *_summary(sheet), html_case.sieve(sheet), *parts)


def _header(sheet: Sheet, names: list[str]) -> Html:
    links = (tag("li", tag("a", sheet.say(_SECTIONS[name]), href=f"#{name}")) for name in names)
    nav = tag("nav", tag("ul", together(links)), aria_label=sheet.say("Parts of this report"))
    return tag(
        "header",
        tag("span", sheet.say("Compliance report"), class_="name"),
        " ",
        tag("small", words.packs(sheet.results, sheet.speech)),
        nav,
        class_="site",
    )


# --- the summary ------------------------------------------------------------------------


def _summary(sheet: Sheet) -> Iterator[Html]:
    results = sheet.results
    yield tag("h1", words.pack_titles(results, sheet.speech))
    yield _outcome(sheet)
    yield _tiles(sheet)
    if results.problems:
        yield items((words.placed(each) for each in results.problems), class_="problems")
    if results.verdicts:
        yield _table(sheet)
    if told := html_register.idle(sheet):
        yield told


def _outcome(sheet: Sheet) -> Html:
    """What the run comes to, in one sentence; then the same line as the other reports have."""
    results, say = sheet.results, sheet.say
    failing = sum(verdict_fails(each, results) for each in results.verdicts)
    if exit_status(results) in (NO_ANSWER, INTERRUPTED):
        kind, told = "invalid", say("There is no answer: not everything could be read and judged.")
    elif failing:
        kind, told = "bad", say("Cases that fail: {number} of {all}.", number=failing, all=len(results.verdicts))
    else:
        warns = any(standing(each) == "warning" for each in results.verdicts)
        kind, told = "warning" if warns else "good", say("Nothing fails.")
    return tag("p", tag("strong", told), " ", words.summary(results, sheet.speech), class_=f"outcome {kind}")


def _tiles(sheet: Sheet) -> Html:
    """How many findings have which status, in large figures."""
    findings = [each for verdict in sheet.results.verdicts for each in verdict.findings]
    told = [
        (name, number, words.status(name, sheet.speech))
        for name, number in words.findings_tally(findings).items()
        if number
    ]
    told += [
        (name, number, label)
        for name, number, label in (
            ("waived", sum(each.waiver is not None for each in findings), sheet.say("waived")),
            ("accepted", sum(each.in_baseline for each in findings), sheet.say("in the baseline")),
        )
        if number
    ]
    tiles = (tag("li", tag("b", str(number)), " ", label, class_=name) for name, number, label in told)
    return tag("ul", together(tiles), class_="tiles", aria_label=sheet.say("Findings")) if told else Html()


def _table(sheet: Sheet) -> Html:
    say = sheet.say
    heads = (say("Case"), say("Verdict"), say("Day of judging"), say("Findings"), say("What fails"))
    shown = [
        (number, each)
        for number, each in enumerate(sheet.results.verdicts, 1)
        if not sheet.look.quiet or verdict_fails(each, sheet.results)
    ]
    return rows(heads, [_row(number, verdict, sheet) for number, verdict in shown], class_="cards summary")


def _row(number: int, verdict: Verdict, sheet: Sheet) -> tuple[Html | str, ...]:
    tally = words.counted(words.findings_tally(verdict.findings), sheet.speech) if verdict.findings else ""
    return (
        tag("a", verdict.case, href=f"#case-{number}")
        if html_case.is_told(verdict, sheet)
        else tag("span", verdict.case),
        chip(headline(verdict, sheet.speech), standing(verdict)),
        verdict.receipt.as_of if verdict.receipt is not None else "",
        tally,
        lines(_failing(number, verdict, sheet)),
    )


def _failing(number: int, verdict: Verdict, sheet: Sheet) -> Iterator[Html | str]:
    """Links to what makes the run fail: the findings, without those that another one tells of."""
    yield from (words.placed(each) for each in verdict.problems[:1])
    told = [each for each in sheet.told[number - 1] if fails(each[1], sheet.results)]
    for name, each in told[:_MOST_NAMED]:
        yield tag("a", each.title, href=f"#{name}")
    if len(told) > _MOST_NAMED:
        more = len(told) - _MOST_NAMED
        yield sheet.speech.many("and {number} more", "and {number} more", more)
    if verdict.unjudged and verdict_fails(verdict, sheet.results):
        yield words.unjudged(verdict.unjudged[0], sheet.speech)

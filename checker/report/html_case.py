"""The cases of a run on its page: what was found, by clause, and the filter over all of it."""

from __future__ import annotations

from collections.abc import Iterator

from checker.gate import verdict_fails
from checker.report import html_finding, text, words
from checker.report.finding import headline, standing
from checker.report.html_parts import Sheet, Told, items
from checker.report.html_timeline import timeline
from checker.report.html_why import Trees
from checker.report.page import Html, chip, tag, together
from checker.verdict import FINDING_STATUSES, NOT_KNOWN, Finding, Verdict


def cases(sheet: Sheet) -> Html:
    """A section for each case that has something to tell."""
    told = [
        tag(
            "section",
            *_case(number, verdict, sheet),
            class_="case",
            id=f"case-{number}",
            aria_labelledby=f"case-{number}-title",
        )
        for number, verdict in enumerate(sheet.results.verdicts, 1)
        if is_told(verdict, sheet)
    ]
    return tag("div", *told, id="cases") if told else Html()


def is_told(verdict: Verdict, sheet: Sheet) -> bool:
    """Whether the case has a section of its own."""
    return bool(verdict.problems) or not sheet.look.quiet or verdict_fails(verdict, sheet.results)


def _case(number: int, verdict: Verdict, sheet: Sheet) -> Iterator[Html]:
    status = chip(headline(verdict, sheet.speech), standing(verdict))
    yield tag("h2", tag("span", verdict.case), " ", status, id=f"case-{number}-title")
    if day := words.judged(verdict, sheet.speech):
        yield tag("p", sheet.say("Judged {day}.", day=day), class_="soft")
    if verdict.problems:
        yield items((words.placed(each) for each in verdict.problems), class_="problems")
        return
    if supposed := words.supposed(verdict, sheet.speech):
        yield tag("p", supposed)
    trees = Trees(f"c{number}", sheet)
    yield timeline(verdict, sheet.told[number - 1], sheet)
    for clause, findings in _by_clause(sheet.told[number - 1]).items():
        heading = sheet.say("Clause {name}", name=clause) if clause else sheet.say("Without a clause")
        lead = tag("p", _says(findings[0][1].clause_says, sheet), class_="soft") if clause else None
        articles = (html_finding.article(name, each, verdict, trees) for name, each in findings)
        yield tag("section", tag("h3", heading), lead, together(articles), class_="clause")
    for first, *others in text.rest(verdict, sheet.page, offers_all=False):
        told = (each.lstrip(" ").removeprefix("- ") for each in others)
        yield tag("div", tag("p", first), items(told) if others else None, class_="rest")


def _says(clause: str | None, sheet: Sheet) -> str:
    """A clause as the pack tells it: not in quotation marks, because these are not the agreement's words."""
    if not clause or clause == NOT_KNOWN:
        return sheet.say("Its text is not known.")
    return sheet.say("As this pack tells it: {says}.", says=clause.rstrip(". 。"))


def _by_clause(told: Told) -> dict[str, list[tuple[str, Finding]]]:
    """The findings under the clause they are about, in the order of the first of each; '' where there is none."""
    found: dict[str, list[tuple[str, Finding]]] = {}
    for name, each in told:
        found.setdefault(each.clause or "", []).append((name, each))
    return found


# --- the filter -----------------------------------------------------------------------


def sieve(sheet: Sheet) -> Html:
    """A form that the script shows; without it everything is there."""
    if not any(sheet.told):
        return Html()
    say = sheet.say
    findings = [each for verdict in sheet.results.verdicts for each in verdict.findings]
    shown = (each for each in findings if text.wanted(each, sheet.page))
    here = {name for each in shown for name in html_finding.kinds(each, sheet)}
    kinds: dict[str, str] = {
        "fails": say("what fails"),
        **{name: words.status(name, sheet.speech) for name in FINDING_STATUSES},
        "waived": say("waived"),
        "accepted": say("in the baseline"),
    }
    options = (tag("option", label, value=name) for name, label in kinds.items() if name in here)
    return tag(
        "form",
        tag("label", say("Find"), tag("input", type="search", name="q", autocomplete="off"), class_="wide"),
        tag("label", say("Status"), tag("select", tag("option", say("all"), value=""), together(options), name="is")),
        tag("button", say("Unfold all"), type="button", data_told=say("Fold all")),
        tag("output", aria_live="polite", data_told=say("{shown} of {all} findings", shown="#", all=len(findings))),
        class_="filter",
        hidden=True,
        role="search",
    )

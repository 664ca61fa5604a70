"""One finding on the page of a run: what is wrong and what would help stand open, why it is so folds out."""

from __future__ import annotations

from collections.abc import Iterator

from checker.gate import fails
from checker.report import text, words
from checker.report.finding import LABELS, elements_of, marked, page_for, sections
from checker.report.html_parts import Sheet, lines, rows, tree
from checker.report.html_why import Trees
from checker.report.page import Html, chip, prose, tag, together
from checker.terminal import Look
from checker.verdict import Finding, Verdict

_FIRST = "what"
_FOLDED = frozenset(("rule", "because", "days", "elements", "found"))


def kinds(finding: Finding, sheet: Sheet) -> Iterator[str]:
    """What the filter can ask for that it is."""
    yield finding.status
    if fails(finding, sheet.results):
        yield "fails"
    if finding.waiver is not None:
        yield "waived"
    if finding.in_baseline:
        yield "accepted"


def _told_of(finding: Finding, verdict: Verdict, sheet: Sheet) -> list[Finding]:
    """The findings that one article shows: its own, and the elements that need attention."""
    return [finding, *(each for each in elements_of(finding, verdict) if text.wanted(each, sheet.page))]


def article(name: str, finding: Finding, verdict: Verdict, trees: Trees) -> Html:
    """The finding, under an id that links can lead to."""
    sheet = trees.sheet
    told = [(label, [*texts]) for label, texts in sections(finding, elements_of(finding, verdict), sheet.page)]
    what = [tag("p", *texts, class_="what") for label, texts in told if label == _FIRST]
    shown = _facts([each for each in told if each[0] not in {_FIRST, *_FOLDED}], finding, trees)
    folded = _facts([each for each in told if each[0] in _FOLDED], finding, trees)
    seen = _seen(finding, verdict, sheet)
    return tag(
        "article",
        _heading(name, finding, sheet),
        _about(finding, sheet),
        *what,
        shown,
        tag("details", tag("summary", sheet.say("Why")), folded, seen),
        class_=f"finding {finding.status}",
        id=name,
        data_is=";".join(" ".join(kinds(each, sheet)) for each in _told_of(finding, verdict, sheet)),
    )


def _facts(told: list[tuple[str, list[str]]], finding: Finding, trees: Trees) -> Html:
    """Labels, and what stands under them."""
    parts = (
        together([tag("dt", trees.sheet.say(LABELS[label])), tag("dd", _section(label, texts, finding, trees))])
        for label, texts in told
    )
    return tag("dl", together(parts), class_="facts")


def _heading(name: str, finding: Finding, sheet: Sheet) -> Html:
    status = chip(words.status(finding.status, sheet.speech), finding.status)
    return tag("h4", status, " ", tag("a", finding.title, href=f"#{name}"))


def _about(finding: Finding, sheet: Sheet) -> Html:
    """On one line: the rule, how grave it is, where it is, and why it may stand."""
    parts = [
        tag("code", finding.rule),
        words.severity(finding, sheet.speech),
        tag("code", str(finding.place)),
    ]
    if finding.waiver is not None:
        parts.append(chip(sheet.say("waived"), "waived"))
    if finding.in_baseline:
        parts.append(chip(sheet.say("in the baseline"), "accepted"))
    return tag("p", together(parts, " · "), class_="about")


def _section(label: str, told: list[str], finding: Finding, trees: Trees) -> Html:
    if label == "because":
        return trees.tree(finding.because)
    if label == "readings":
        return _readings(finding, trees.sheet)
    if label == "ways" and finding.remedies:
        ways = (tag("li", prose(way.partition(". ")[2])) for way in told)
        return tag("ol", together(ways), start=finding.remedies[0].number)
    if label == "rule":
        return _law(told, finding, trees)
    if any(each.startswith(" ") for each in told):
        return tree(told)
    return lines(told) if len(told) > 1 else together(told)


def _law(told: list[str], finding: Finding, trees: Trees) -> Html:
    """What the rule rests on, without the clause, which stands above its findings; once for each rule of the case."""
    if (place := trees.laws.get(finding.rule)) is not None:
        return trees.above(place, finding.rule)
    trees.laws[finding.rule] = place = f"{trees.case}-law-{len(trees.laws) + 1}"
    return tag("div", lines(told[1:] if finding.clause else told), id=place)


def _readings(finding: Finding, sheet: Sheet) -> Html:
    """What each reading makes of it, the default's first."""
    say = sheet.say
    told = [(say("by default"), _status(finding.default_status, sheet))]
    told += [(tag("code", words.options(each.change)), _status(each.status, sheet)) for each in finding.readings]
    note = tag("p", say("Careful lawyers differ on it."), class_="soft") if finding.status == "contested" else None
    return together(filter(None, (rows((say("Reading"), say("Verdict")), told), note)))


def _status(name: str, sheet: Sheet) -> Html:
    return chip(words.status(name, sheet.speech), name)


def _seen(finding: Finding, verdict: Verdict, sheet: Sheet) -> Html | None:
    """The lines of the user's file, with what decided underlined."""
    seen = [*marked(finding, verdict, page_for(sheet.results, Look()))]
    return (
        tag("pre", "\n".join(seen), tabindex="0", aria_label=sheet.say("The case as it is written")) if seen else None
    )

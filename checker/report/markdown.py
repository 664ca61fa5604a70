"""The report for people in Markdown: for a pull request, the summary of a step, a wiki.

What is wrong, what it rests on and what would help stand open; the derivation folds out. What stands in it is what
`text` tells; here it is only laid out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from checker.gate import counts, verdict_fails
from checker.messages import listed, one_after_another
from checker.report import suppressed, text, words
from checker.report.finding import LABELS, elements_of, headline, marked, page_for, sections
from checker.report.layout import Page
from checker.report.markup import block, bullets, code, escape, link, table
from checker.report.outline import unbroken
from checker.results import Results
from checker.speech import forms
from checker.terminal import Look
from checker.verdict import Finding, Verdict

_WAY = re.compile(r"[0-9]+\. ")
_FOLDED = frozenset(("because", "days", "elements", "missing", "found"))
_MOST_BYTES = 1_000_000  # GitHub takes no longer summary of a step than 1 MiB
_MOST_CASES = 500  # in the table
_LEFT_OUT = forms(
    "{number} finding is left out here, because this report may not be longer.",
    "{number} findings are left out here, because this report may not be longer.",
)


def render(results: Results, look: Look) -> str:
    """Title, summary and a table of cases; each case that has something to tell; who judged, and what this is not."""
    page = unbroken(results, look)
    if look.quiet and not results.problems and not any(verdict_fails(each, results) for each in results.verdicts):
        return ""
    head, tail = [*_head(page)], [*_tail(page)]
    room = _MOST_BYTES - sum(len(each.encode("utf-8", "backslashreplace")) for each in (*head, *tail))
    told = [*_fitting([part for verdict in results.verdicts for part in _case(verdict, page)], room, page)]
    return "\n".join(f"{part}\n" for part in (*head, *told, *tail))


def _fitting(parts: list[str], room: int, page: Page) -> Iterator[str]:
    """The parts as far as they fit, and how many findings are behind them."""
    for index, part in enumerate(parts):
        room -= len(part.encode("utf-8", "backslashreplace"))
        if room < 0:
            left = sum(each.startswith("### ") for each in parts[index:])
            yield page.speech.many(*_LEFT_OUT, left)
            return
        yield part


# --- the run ------------------------------------------------------------------


def _head(page: Page) -> Iterator[str]:
    results, say = page.results, page.speech.say
    yield f"# {escape(words.pack_titles(results, page.speech))}"
    yield escape(words.summary(results, page.speech))
    shown = [each for each in results.verdicts if not page.look.quiet or verdict_fails(each, results)]
    if shown:
        heads = (say("Case"), say("Verdict"), say("Day of judging"), say("Findings"))
        yield "\n".join(table(heads, (_row(each, page) for each in shown[:_MOST_CASES])))
    if len(shown) > _MOST_CASES:
        yield page.speech.many("and {number} more", "and {number} more", len(shown) - _MOST_CASES)
    if results.problems:
        yield "\n".join(bullets(words.placed(problem) for problem in results.problems))


def _row(verdict: Verdict, page: Page) -> tuple[str, ...]:
    status = escape(words.status(verdict.status, page.speech))
    day = verdict.receipt.as_of if verdict.receipt is not None else ""
    failing = verdict.status == "invalid" or verdict_fails(verdict, page.results)
    return code(verdict.case), f"**{status}**" if failing else status, escape(day), escape(_tally(verdict, page))


def _tally(verdict: Verdict, page: Page) -> str:
    """How many findings have which status; those that decide nothing, because they weigh too little, by themselves."""
    groups: dict[str, list[Finding]] = {"": []}
    for each in verdict.findings:
        is_light = each.status in words.NEEDS_ATTENTION and not counts(each.severity, page.results.min_severity)
        groups.setdefault(words.severity(each, page.speech) if is_light else "", []).append(each)
    told = []
    for severity, findings in groups.items():
        if findings:
            tally = words.counted(words.findings_tally(findings), page.speech)
            told.append(page.speech.say("{severity}: {tally}", severity=severity, tally=tally) if severity else tally)
    return one_after_another(told, page.speech) if told else ""


def _tail(page: Page) -> Iterator[str]:
    say = page.speech.say
    yield "---"
    if idle := suppressed.idle(page.results, page.speech):
        yield "\n".join((escape(say("These waivers and baseline entries do nothing:")), "", *bullets(idle)))
    if sources := [*_sources(page)]:
        yield "\n".join((escape(say("Sources:")), "", *sources))
    yield "\n".join(bullets(text.judged_by(page.results, page.speech)))
    yield f"*{escape(words.closing(page.results.coverage, page.speech))}*"


def _sources(page: Page) -> Iterator[str]:
    """The works cited in what is shown, each once."""
    told = {
        (verdict.receipt.pack, cite.source)
        for verdict in page.results.verdicts
        for finding in verdict.findings
        for cite in finding.cites
        if verdict.receipt is not None and text.wanted(finding, page)
    }
    for key in sorted(told & page.results.sources.keys()):
        source = page.results.sources[key]
        yield f"- {code(source.id)}: {link(source.title, source.url)}"


# --- a case -------------------------------------------------------------------


def _case(verdict: Verdict, page: Page) -> Iterator[str]:
    """Heading, findings, what is left over; nothing where all of it stands in the table."""
    findings = [each for each in verdict.findings if text.wanted(each, page)]
    elements = [element for each in findings for element in elements_of(each, verdict)]
    parts = ["\n".join(bullets(words.placed(problem) for problem in verdict.problems))] if verdict.problems else []
    parts += [escape(told) for told in (words.supposed(verdict, page.speech),) if told]
    parts += [_finding(each, verdict, page) for each in findings if each not in elements]
    if not verdict.problems and (findings or verdict_fails(verdict, page.results) or not page.look.quiet):
        parts += [_listed(told) for told in text.rest(verdict, page)]
    if parts:
        status = headline(verdict, page.speech)
        heading = page.speech.say("{case}: {status}", case=verdict.case, status=status)
        yield f"## {escape(heading)}"
        yield from parts


def _listed(lines: list[str]) -> str:
    """A sentence, and what it counts up."""
    first, *others = lines
    return "\n".join((escape(first), *(["", *bullets(others)] if others else [])))


def _finding(finding: Finding, verdict: Verdict, page: Page) -> str:
    say = page.speech.say
    title = say("{status}: {title}", status=words.status(finding.status, page.speech), title=finding.title)
    about = (code(finding.rule), escape(words.severity(finding, page.speech)), code(str(finding.place)))
    lines = [f"### {escape(title)}", "", listed(about, page.speech)]
    folded = ["", *_seen(finding, verdict, page)]
    for name, told in sections(finding, elements_of(finding, verdict), page):
        (folded if name in _FOLDED else lines).extend(("", *_section(name, [*told], page)))
    summary = say("Why")
    return "\n".join((*lines, "", "<details>", f"<summary>{summary}</summary>", *folded, "", "</details>"))


def _seen(finding: Finding, verdict: Verdict, page: Page) -> list[str]:
    """The lines of the user's file, with what decided underlined."""
    narrow = page_for(page.results, Look())
    return block(marked(finding, verdict, narrow))


def _section(name: str, told: list[str], page: Page) -> Iterable[str]:
    label = f"**{escape(page.speech.say(LABELS[name]))}**"
    if name == "ways" and _WAY.match(told[0]):
        return (label, "", *map(_numbered, told))
    if name == "because":
        return (label, "", *bullets(told, tree=True))
    return (f"{label} {escape(told[0])}",) if len(told) == 1 else (label, "", *bullets(told))


def _numbered(told: str) -> str:
    """A remedy, under the number that it is applied by."""
    number, _, way = told.partition(". ")
    return f"{number}. {escape(way)}"

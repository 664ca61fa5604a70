"""SARIF 2.1.0: one run, its rules with what each rests on, its results with the place and the derivation.

A result is of kind `fail` where a rule is broken, or where it fails the run; its level is then the rule's severity.
What is open and let pass is for `review`, `open` or `informational`; what complies is there on request, as a `pass`.
No clock is in it, so equal runs give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.errors import Place, Problem
from checker.model import Source
from checker.report import suppressed, words
from checker.report.finding import LABELS, law
from checker.report.json import Json, dump
from checker.report.layout import Page
from checker.report.markup import address, bullets, code, escape, link
from checker.report.outline import unbroken
from checker.report.sarif_result import BASES, NOT_IN_FORCE, UNJUDGED, UNREAD, location, message, results_of
from checker.results import Results
from checker.speech import noted
from checker.terminal import Look, line
from checker.verdict import Finding, Receipt
from checker.version import HOME, __version__
from checker.waivers import file_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_OWN_RULES = {
    UNJUDGED: noted("No rule of the pack speaks to this action."),
    NOT_IN_FORCE: noted("This action lies outside the time the agreement is in force."),
    UNREAD: noted("No rule reads this fact; look for a misspelt value."),
}


def render(results: Results, look: Look) -> str:
    """The log, with one run in it."""
    page = unbroken(results, look)
    found = [*results_of(page)]
    told = {str(each["ruleId"]) for each in found}
    rules = [*_rules(page, told)]
    index = {str(rule["id"]): number for number, rule in enumerate(rules)}
    run: dict[str, Json] = {
        "tool": {"driver": _driver(results, [*rules])},
        "language": results.language,
        "automationDetails": {"id": f"servanda/{line(results.pack)}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {name: {"description": {"text": about}} for name, about in BASES.items()},
        "invocations": [_invocation(page)],
        "results": [{**each, "ruleIndex": index[str(each["ruleId"])]} for each in found],
        "properties": _properties(results),
    }
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _driver(results: Results, rules: list[Json]) -> dict[str, Json]:
    return {
        "name": "Servanda",
        "semanticVersion": __version__,
        "informationUri": HOME,
        "language": results.language,
        "rules": rules,
    }


def _properties(results: Results) -> dict[str, Json]:
    """What judged, as far as all cases agree."""
    receipts = {each.receipt for each in results.verdicts if each.receipt is not None}
    told: dict[str, Json] = {"pack": results.pack, "packVersion": results.pack_version, "failOn": results.fail_on}
    return {**told, **_receipt(receipts.pop())} if len(receipts) == 1 else told


def _receipt(receipt: Receipt) -> dict[str, Json]:
    return {
        "packSha256": receipt.pack_sha256,
        "engine": receipt.engine,
        "referee": receipt.referee,
        "asOf": receipt.as_of,
        "readings": {**dict(receipt.readings)},
    }


# --- what could not be read ---------------------------------------------------


def _invocation(page: Page) -> Json:
    """Whether everything could be read and judged; what could not, which waivers serve nothing, what was supposed."""
    problems = words.problems(page.results)
    idle: list[Json] = [
        {"level": "warning", "message": message(each)} for each in suppressed.idle(page.results, page.speech)
    ]
    told: dict[str, Json] = {
        "executionSuccessful": not problems,
        "toolExecutionNotifications": [_notification(each) for each in problems],
        "toolConfigurationNotifications": [*idle, *_supposed(page)],
    }
    properties = _suppositions(page.results)
    return {**told, "properties": properties} if properties else told


def _supposed(page: Page) -> Iterator[Json]:
    """A note for each way in which cases were changed before they were judged, with their places."""
    cases: dict[str, list[Place]] = {}
    for verdict in page.results.verdicts:
        if told := words.supposed(verdict, page.speech):
            cases.setdefault(told, []).append(Place(file_of(verdict.case)))
    for told, places in cases.items():
        yield {
            "descriptor": {"id": "what-if"},
            "level": "note",
            "message": message(told),
            "locations": [location(each) for each in dict.fromkeys(places)],
        }


def _suppositions(results: Results) -> dict[str, Json]:
    """The facts that were assumed and the ids that were left out, in whatever case."""
    told = {
        "assumed": [words.fact(each.fact) for verdict in results.verdicts for each in verdict.assumed],
        "without": [line(each) for verdict in results.verdicts for each in verdict.without],
    }
    return {name: [*dict.fromkeys(texts)] for name, texts in told.items() if texts}


def _notification(problem: Problem) -> Json:
    told: dict[str, Json] = {
        "descriptor": {"id": "invalid-input"},
        "level": "error",
        "message": message(line(problem.message)),
    }
    return told if problem.place is None else {**told, "locations": [location(problem.place)]}


# --- rules --------------------------------------------------------------------


def _rules(page: Page, told: Iterable[str]) -> Iterator[dict[str, Json]]:
    """The rules that the results are of, by id."""
    first: dict[str, tuple[Finding, str]] = {}
    for verdict in page.results.verdicts:
        pack = verdict.receipt.pack if verdict.receipt is not None else page.results.pack
        for finding in verdict.findings:
            first.setdefault(line(finding.rule), (finding, pack))
    for name in sorted(told):
        if name in first:
            yield _rule(name, *first[name], page)
        else:
            about = page.speech.say(_OWN_RULES[name])
            yield _described(name, about, about, [escape(about)])


def _rule(name: str, finding: Finding, pack: str, page: Page) -> dict[str, Json]:
    label, basis = page.speech.say(LABELS["basis"]), words.basis_in_words(finding.basis, page.speech)
    grounds = [line(each) for each in (*law(finding, page.speech), f"{label} {basis}")]
    sources = _sources(finding, pack, page.results)
    works = [f"- {code(each.id)}: {link(each.title, each.url)}" for each in sources]
    rule: dict[str, Json] = {
        **_described(name, _sentence(finding.title), "\n".join(grounds), [*bullets(grounds), *works]),
        "defaultConfiguration": {"level": finding.severity},
        "properties": {
            "tags": [*dict.fromkeys(line(each) for each in (pack, finding.basis, finding.clause) if each)],
            "basis": finding.basis,
            "clause": finding.clause,
            "cites": [{"source": each.source, "quote": each.quote} for each in finding.cites],
        },
    }
    leads = next((found for each in sources if (found := address(each.url))), None)
    return {**rule, "helpUri": leads} if leads else rule


def _sources(finding: Finding, pack: str, results: Results) -> list[Source]:
    """The works it cites, each once."""
    keys = dict.fromkeys((pack, each.source) for each in finding.cites)
    return [results.sources[key] for key in keys if key in results.sources]


def _described(name: str, short: str, full: str, markdown: Iterable[str]) -> dict[str, Json]:
    return {
        "id": name,
        "name": "".join(part[:1].upper() + part[1:] for part in _parts(name)),
        "shortDescription": {"text": short},
        "fullDescription": {"text": full},
        "help": {"text": full, "markdown": "\n".join(markdown)},
    }


def _parts(name: str) -> list[str]:
    """The words of an id such as `notice.termination/lead-time`."""
    return "".join(letter if letter.isalnum() else " " for letter in name).split()


def _sentence(text: str) -> str:
    """A title as a sentence."""
    told = line(text)
    return told if told.endswith((".", "!", "?", "。")) else f"{told}."

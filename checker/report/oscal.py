"""OSCAL assessment results: each case an assessment, each rule a control, each finding with its evidence and remedies.

OSCAL demands times. They are the day of judging at midnight UTC, and that of the document is SOURCE_DATE_EPOCH where it
is set: no clock is read, so equal runs give equal bytes. Its titles and descriptions are Markdown, its ids are made of
what they stand for.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from checker.report import words
from checker.report.json import Json, dump
from checker.report.layout import Page
from checker.report.markup import address, escape
from checker.report.oscal_result import NEVER_JUDGED, made_of, markup, result, without_case
from checker.report.outline import unbroken
from checker.results import Results
from checker.terminal import Look, line
from checker.verdict import Receipt, Verdict

VERSION = "1.2.1"


def render(results: Results, look: Look) -> str:  # noqa: ARG001 - every format is called alike
    """The document."""
    page = unbroken(results, Look())
    told: dict[str, Json] = {
        "metadata": _metadata(page),
        "import-ap": {"href": f"#{_plan_id(results)}"},
        "results": [*_results(page)],
        "back-matter": {"resources": [_plan(results), *_works(results), *map(_file, _cases(results).items())]},
    }
    whole = {"uuid": made_of(dump(told, indent=None)), **told}
    return dump({"assessment-results": whole}, indent=2) + "\n"


def _metadata(page: Page) -> Json:
    results = page.results
    return {
        "title": markup(words.pack_titles(results, page.speech)),
        "last-modified": results.stamp or f"{_last_day(results)}T00:00:00Z",
        "version": line(results.pack_version) or "0",
        "oscal-version": VERSION,
        "remarks": escape(words.closing(results.coverage, page.speech)),
    }


def _last_day(results: Results) -> str:
    return max((each.receipt.as_of for each in results.verdicts if each.receipt is not None), default=NEVER_JUDGED)


def _results(page: Page) -> Iterator[Json]:
    """A result for each case, and for each file that could not even be named one."""
    results = page.results
    for number, verdict in enumerate(results.verdicts):
        yield result(verdict, page, number, _file_id(_file_of(verdict)))
    for number, problem in enumerate(results.problems, len(results.verdicts)):
        file = problem.place.file if problem.place is not None else ""
        yield without_case(file, problem.message, number, _last_day(results))
    if not results.verdicts and not results.problems:
        yield without_case("", words.summary(results, page.speech), 0, NEVER_JUDGED)


# --- back matter --------------------------------------------------------------


def _plan_id(results: Results) -> str:
    return made_of("pack", results.pack, results.pack_version)


def _plan(results: Results) -> Json:
    """The pack, which stands for the plan that OSCAL wants results to follow."""
    about = markup(f"{results.pack} {results.pack_version}")
    receipts: dict[str, Receipt] = {each.receipt.pack: each.receipt for each in results.verdicts if each.receipt}
    digest = receipts[results.pack].pack_sha256 if results.pack in receipts else None
    plan: dict[str, Json] = {"uuid": _plan_id(results), "title": about, "citation": {"text": about}}
    return plan if digest is None else {**plan, "document-ids": [{"identifier": f"sha256:{digest}"}]}


def _works(results: Results) -> Iterator[Json]:
    """The works that the findings cite."""
    cited = {
        (verdict.receipt.pack, cite.source)
        for verdict in results.verdicts
        for finding in verdict.findings
        for cite in finding.cites
        if verdict.receipt is not None
    }
    for key in sorted(cited & results.sources.keys()):
        source = results.sources[key]
        work: dict[str, Json] = {
            "uuid": made_of("source", *key),
            "title": markup(source.id),
            "citation": {"text": markup(source.title)},
        }
        leads = address(source.url)
        yield {**work, "rlinks": [{"href": leads}]} if leads else work


def _cases(results: Results) -> dict[str, str]:
    """The files of the cases with their digests."""
    return {_file_of(each): each.sha256 for each in results.verdicts}


def _file_of(verdict: Verdict) -> str:
    """The file of a case, which may hold several."""
    file, _, number = verdict.case.rpartition("#")
    return file if number.isdigit() and file else verdict.case


def _file_id(name: str) -> str:
    return made_of("case", name)


def _file(named: tuple[str, str]) -> Json:
    name, digest = named
    href = {"href": quote(name.encode("utf-8", "backslashreplace")) or "#"}
    hashed: dict[str, Json] = {**href, "hashes": [{"algorithm": "SHA-256", "value": digest}]} if digest else {**href}
    return {"uuid": _file_id(name), "title": markup(name), "rlinks": [hashed]}

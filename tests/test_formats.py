"""Formats for code hosts, boards and auditors: each held against an authority of its own, and against hostile text."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft4Validator, Draft202012Validator
from lxml import etree
from markdown_it import MarkdownIt
from markdown_it.token import Token
from sample_results import LATE, LATE_SOURCE, everything, fact, finding, late_notice, results, verdict

from checker.errors import Place, Problem
from checker.gate import exit_status
from checker.model import Source
from checker.report import FORMATS, junit_xml
from checker.report.markup import block, bullets, code, escape, link
from checker.results import BaselineFile, IdleWaiver, Results, WaiverFile
from checker.terminal import NARROWEST, Look
from checker.verdict import Assumption, Derivation, DerivedFact, Finding, GivenFact, PatchStep, Remedy, Waived

TESTS = Path(__file__).parent
GOLDEN, SCHEMAS = TESTS / "golden", TESTS / "schemas"
FILES = {
    "sarif": "report.sarif",
    "junit": "report.junit.xml",
    "github": "report.github",
    "gitlab": "report.gitlab.json",
    "markdown": "report.md",
    "oscal": "report.oscal.json",
}
PLACE = Place(LATE, 6, 5)
CONSENT = Assumption(
    fact("mutual-consent", Place("--assume", 1, 1), to="terminate"), ("mutual-consent: {to: terminate}",)
)
EPOCH = "2023-11-14T22:13:20Z"


def waived(found: Finding) -> Finding:
    """A finding somebody answers for."""
    return found._replace(waiver=Waived("W-1", "Agreed with the other party", "the director", "2044-01-01"))


def whole() -> Results:
    """Everything a report may hold: the sample, remedies, a waiver, a baseline, sources, SOURCE_DATE_EPOCH."""
    sample = everything()
    late, *others = sample.verdicts
    remedies = (
        Remedy(
            1,
            "leave terminate T1 undone",
            (PatchStep("remove", "/actions/0"),),
            "silent",
            "russia",
            "russia",
            "2044-07-18",
        ),
        Remedy(2, "bring about mutual-consent, with `day` on or before 2044-07-18", (), "excused", None, None, None),
    )
    first, *rest = late.findings
    late = late._replace(
        findings=(
            first._replace(remedies=remedies),
            waived(finding("ip.background", place=PLACE, message="Used without consent.", action="T1")),
            finding("goods.duty", "contested", place=PLACE, in_baseline=True, message="Duty was asked for."),
            *rest,
        ),
        assumed=(CONSENT,),
        without=("N7",),
    )
    idle = IdleWaiver(
        "W-2", "no.rule", "expired", "2040-01-01", "2041-01-01", Place("servanda-waivers.yaml", 9, 5), None
    )
    waivers = WaiverFile("servanda-waivers.yaml", None, "ef" * 32, "2043-09-10", (idle,))
    unlinked = Source("seed-b", "A description", None, "seed", Place("pack.yaml"))
    source = Source(
        "S13", "Five missions <to> the Moon", "https://example.org/a?b=c", "press-quote", Place("pack.yaml")
    )
    return sample._replace(
        verdicts=(late, *others),
        waivers=waivers,
        baseline=BaselineFile("servanda-baseline.json", "01" * 32, ()),
        sources={("isls", "seed-b"): unlinked, ("isls", "S13"): source},
        stamp=EPOCH,
    )


def told(name: str, run: Results, look: Look = Look()) -> str:  # noqa: B008 - a Look is frozen
    """The run in a format."""
    return FORMATS[name](run, look)


@pytest.mark.parametrize("name", FILES)
def test_whole_output(name: str) -> None:
    """`SERVANDA_ACCEPT=1 pytest` writes what it finds: read the difference before you commit it."""
    output = told(name, whole())
    path = GOLDEN / FILES[name]
    if os.environ.get("SERVANDA_ACCEPT"):
        path.write_text(output, "utf-8")
    assert output == path.read_text("utf-8")


@pytest.mark.parametrize("name", FILES)
def test_a_run_without_cases(name: str) -> None:
    VALID[name](told(name, results()))


# --- authorities ----------------------------------------------------------------


def schema_of(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text("utf-8"))


SARIF = Draft4Validator(schema_of("sarif-2.1.0.json"))
GITLAB = Draft202012Validator(schema_of("gitlab-code-quality.json"))
JUNIT = etree.XMLSchema(etree.parse(SCHEMAS / "junit-10.xsd"))
GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])


class Command(NamedTuple):
    """A workflow command as the runner of GitHub Actions reads it."""

    name: str
    properties: dict[str, str]
    message: str


def commands(text: str) -> list[Command]:
    """Each line as the runner splits and unescapes it (ActionCommand.TryParseV2)."""
    return [command(line) for line in text.split("\n")[:-1]]


def command(line: str) -> Command:
    assert line.startswith("::")
    end = line.index("::", 2)
    name, _, listed = line[2:end].partition(" ")
    pairs = (each.split("=", 1) for each in listed.split(",") if each)
    return Command(name, {key: unescaped(value, ":,") for key, value in pairs}, unescaped(line[end + 2 :], ""))


def unescaped(text: str, letters: str) -> str:
    for letter in ("\r", "\n", *letters, "%"):
        text = text.replace(f"%{ord(letter):02X}", letter)
    return text


def is_sarif(text: str) -> None:
    log = json.loads(text)
    assert [error.message for error in SARIF.iter_errors(log)] == []
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert len({"suppressions" in result for result in run["results"]}) <= 1
    for each in run["results"]:
        assert (each["level"] == "none") == (each["kind"] != "fail")
        assert not re.search(r"(?<!\\)\]\(", each["message"]["text"])
        assert not re.search(r"(?<!\{)\{(\{\{)*(?!\{)", each["message"]["text"])


def is_junit(text: str) -> None:
    document = etree.fromstring(text.encode("utf-8"))
    assert JUNIT.validate(document), JUNIT.error_log
    for suite in document.iter("testsuite"):
        cases = suite.findall("testcase")
        names = [(each.get("classname"), each.get("name")) for each in cases]
        assert len(set(names)) == len(names) == int(suite.get("tests"))
        for kind, counted in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert len(suite.findall(f"testcase/{kind}")) == int(suite.get(counted))


def is_github(text: str) -> None:
    for each in commands(text):
        assert each.name in {"error", "warning", "notice"}
        assert set(each.properties) in ({"title"}, {"file", "line", "col", "title"})
        assert each.message.strip()
        assert len(each.properties["title"]) <= 255
        assert len(each.message) <= 4096


def is_gitlab(text: str) -> None:
    issues = json.loads(text)
    assert [error.message for error in GITLAB.iter_errors(issues)] == []
    assert max(Counter(each["fingerprint"] for each in issues).values(), default=1) == 1


def is_markdown(text: str) -> None:
    """Nothing stands in it but the elements that the format itself lays out."""
    tokens = GFM.parse(text)
    allowed = {"<details>", "</details>", "<summary>Why</summary>"}
    assert {
        part for each in tokens if each.type == "html_block" for part in each.content.split("\n") if part
    } <= allowed
    inline = [child for each in tokens for child in each.children or ()]
    assert {each.type for each in inline} <= {
        *("text", "text_special", "softbreak", "code_inline"),
        *("strong_open", "strong_close", "em_open", "em_close", "link_open", "link_close"),
    }
    assert all(re.fullmatch(r"https?://\S+", str(each.attrs["href"])) for each in inline if each.type == "link_open")
    assert not re.search(r"@(?!\u200b)|#(?=[0-9])|[a-z]://|\bwww\.", "\n".join(prose(tokens)))
    assert all(each.info == "text" for each in tokens if each.type == "fence")


def prose(tokens: list[Token]) -> Iterator[str]:
    """The text of each block, code left out."""
    for each in tokens:
        if each.children is not None:
            yield "".join(child.content for child in each.children if child.type in ("text", "text_special"))


def is_oscal(text: str) -> None:
    """What NIST's schema says of ids and texts, and that every reference leads somewhere."""
    whole_ = json.loads(text)["assessment-results"]
    named = [each["uuid"] for each in objects(whole_) if "uuid" in each]
    assert len(set(named)) == len(named)
    assert all(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", each) for each in named
    )
    for each in objects(whole_):
        assert {each[key] for key in each if key.endswith("-uuid")} <= set(named)
        assert not each.get("href", "").startswith("#") or each["href"][1:] in named
        for key in {"control-id", "target-id"} & set(each):
            assert re.fullmatch(r"[^\W\d][\w.-]*", each[key])
        assert all(each.get(key, "x").strip() for key in ("title", "description", "value"))
    assert whole_["results"]


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in a value."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(each)


VALID = {
    "sarif": is_sarif,
    "junit": is_junit,
    "github": is_github,
    "gitlab": is_gitlab,
    "markdown": is_markdown,
    "oscal": is_oscal,
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("look", [Look(), Look(show_all=True), Look(quiet=True)], ids=["", "all", "quiet"])
def test_the_authority_takes_it(name: str, look: Look) -> None:
    VALID[name](told(name, whole(), look))


@pytest.mark.external
def test_sarif_multitool_finds_nothing_to_warn_of(tmp_path: Path) -> None:
    """`npm install @microsoft/sarif-multitool`; NODE_PATH names the folder node_modules that it is in.

    Its binary is called itself: npm's wrapper hands `;` to a shell, and npm may not have made it executable.
    """
    tool = Path(os.environ.get("NODE_PATH", "node_modules"), "@microsoft/sarif-multitool-linux/Sarif.Multitool")
    if not tool.exists():
        pytest.skip("NODE_PATH leads to no @microsoft/sarif-multitool")
    tool.chmod(0o755)
    runs = (whole()._replace(language="zh"), results(), hostile(PAYLOADS["markup"]))
    for number, run in enumerate(runs):
        (tmp_path / f"{number}.sarif").write_text(told("sarif", run, Look(show_all=True)), "utf-8")
    files = [str(tmp_path / f"{number}.sarif") for number in range(len(runs))]
    asked = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--log", "ForceOverwrite", "--output"]
    said = tmp_path / "said.json"
    subprocess.run([tool, "validate", *files, *asked, str(said)], check=True, capture_output=True, timeout=60)
    found = json.loads(said.read_text("utf-8-sig"))["runs"][0]
    assert [(each["ruleId"], each["locations"]) for each in found.get("results", ())] == []


TRESTLE = """
import json, sys
from trestle.oscal.assessment_results import AssessmentResults
for name in sys.argv[1:]:
    AssessmentResults.parse_obj(json.load(open(name, encoding="utf-8"))["assessment-results"])
"""


@pytest.mark.external
def test_trestle_takes_the_assessment_results(tmp_path: Path) -> None:
    """`pip install compliance-trestle` in an environment of its own; TRESTLE_PYTHON names its Python."""
    python = os.environ.get("TRESTLE_PYTHON")
    if python is None:
        pytest.skip("TRESTLE_PYTHON is not set")
    runs = [whole(), whole()._replace(language="ru"), results(), *(hostile(each) for each in PAYLOADS.values())]
    for number, run in enumerate(runs):
        (tmp_path / f"{number}.json").write_text(told("oscal", run), "utf-8")
    files = [str(tmp_path / f"{number}.json") for number in range(len(runs))]
    done = subprocess.run([python, "-c", TRESTLE, *files], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


# --- what is graded how -----------------------------------------------------------


def red(name: str, run: Results) -> bool:
    """Whether the format, read by itself, says that the run failed."""
    text = told(name, run)
    if name == "junit":
        root = etree.fromstring(text.encode("utf-8"))
        return root.get("failures") != "0" or root.get("errors") != "0"
    return any(each.name == "error" for each in commands(text))


GRADED = {
    "broken": finding(),
    "a warning broken": finding(severity="warning"),
    "contested": finding(status="contested"),
    "open": finding(status="undetermined"),
    "pending": finding(status="pending"),
    "kept": finding(status="satisfied"),
    "waived": waived(finding()),
    "in the baseline": finding(in_baseline=True),
}


@pytest.mark.parametrize("name", ["junit", "github"])
@pytest.mark.parametrize("fail_on", ["violated", "contested", "undetermined", "pending", "never"])
def test_red_is_what_makes_the_run_fail(name: str, fail_on: str) -> None:
    for least in ("error", "warning"):
        gate = {"fail_on": fail_on, "min_severity": least}
        runs = [results(verdict(found), **gate) for found in GRADED.values()]
        unjudged = everything().verdicts[0].unjudged
        runs.append(results(verdict(unjudged=unjudged), **gate))
        runs.append(results(problems=(Problem(None, "no such file"),), **gate))
        for run in runs:
            assert red(name, run) == bool(exit_status(run)), (run.verdicts, least)


def sarif_of(run: Results, look: Look = Look()) -> Any:  # noqa: B008 - a Look is frozen
    return json.loads(told("sarif", run, look))["runs"][0]


@pytest.mark.parametrize(
    ("which", "fail_on", "kind", "level"),
    [
        ("broken", "never", "fail", "error"),
        ("a warning broken", "undetermined", "fail", "warning"),
        ("contested", "undetermined", "fail", "error"),
        ("contested", "violated", "review", "none"),
        ("open", "undetermined", "fail", "error"),
        ("open", "contested", "open", "none"),
        ("pending", "undetermined", "informational", "none"),
        ("pending", "pending", "fail", "error"),
        ("kept", "undetermined", "pass", "none"),
        ("waived", "undetermined", "fail", "error"),
    ],
)
def test_kinds_and_levels_of_sarif(which: str, fail_on: str, kind: str, level: str) -> None:
    (result,) = sarif_of(results(verdict(GRADED[which]), fail_on=fail_on), Look(show_all=True))["results"]
    assert (result["kind"], result["level"]) == (kind, level)


def test_what_complies_is_in_sarif_on_request() -> None:
    run = results(verdict(GRADED["kept"]))
    assert sarif_of(run)["results"] == []
    assert [each["kind"] for each in sarif_of(run, Look(show_all=True))["results"]] == ["pass"]


def weights(*found: Finding) -> list[str]:
    return [each["severity"] for each in json.loads(told("gitlab", results(verdict(*found))))]


def test_weights_of_gitlab() -> None:
    assert weights(*GRADED.values()) == ["critical", "minor", "critical", "critical", "info", "info", "info"]
    (problem,) = json.loads(told("gitlab", results(problems=(Problem(Place("a.yaml"), "no such file"),))))
    assert problem["severity"] == "blocker"


# --- places, reasons, suppressions --------------------------------------------------


def test_sarif_shows_the_text_at_its_places() -> None:
    run = sarif_of(whole())
    (first,) = (each for each in run["results"] if each["ruleId"] == "notice.termination")
    (place,) = first["locations"]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": LATE, "uriBaseId": "SRCROOT"}
    assert place["physicalLocation"]["region"]["snippet"]["text"] == "terminate"
    missed, *_, rule = first["relatedLocations"]
    region = missed["physicalLocation"]["region"]
    assert LATE_SOURCE[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1] == "2043-09-01"
    assert "45 days late" in missed["message"]["text"]
    assert rule["physicalLocation"]["artifactLocation"] == {"uri": "rules/isls/notice.yaml", "uriBaseId": "PACKS"}


def test_sarif_tells_premises_before_what_follows_and_the_finding_last() -> None:
    (first,) = (each for each in sarif_of(whole())["results"] if each["ruleId"] == "notice.termination")
    (flow,) = first["codeFlows"][0]["threadFlows"]
    steps = [each["location"]["message"]["text"].partition("(")[0] for each in flow["locations"]]
    assert steps == ["terminate", "agreement", "period", "violated"]
    assert [each["nestingLevel"] for each in flow["locations"]] == [1, 2, 1, 0]
    assert "2024-07-18 + P20Y = 2044-07-18" in flow["locations"][2]["location"]["message"]["text"]


def test_a_premise_is_told_once_and_before_what_follows_from_it() -> None:
    one, other = (GivenFact(fact(name, None)) for name in ("one", "other"))
    both = DerivedFact(fact("both", None), "a.rule", "Both", (), (one, other))
    later = DerivedFact(fact("later", None), "a.rule", "Later", (), (both, one))
    (result,) = sarif_of(results(verdict(finding(because=(both, later)))))["results"]
    (flow,) = result["codeFlows"][0]["threadFlows"]
    steps = [each["location"]["message"]["text"].partition("(")[0] for each in flow["locations"]]
    assert steps == ["one", "other", "both", "later", "violated"]


def test_a_deep_derivation_is_cut() -> None:
    node: Derivation = GivenFact(fact("agreement", None, id="isls"))
    for number in range(1200, 0, -1):
        node = DerivedFact(fact("period", None, number=number), "term.renewal", "Renewal", (), (node,))
    deep = results(verdict(finding(because=(node,))))
    (result,) = sarif_of(deep)["results"]
    assert len(result["codeFlows"][0]["threadFlows"][0]["locations"]) == 1001
    for name in FILES:
        VALID[name](told(name, deep))


def test_a_line_of_a_million_letters_is_no_snippet() -> None:
    source = '{"a": "' + "x" * 1_000_000 + '"}'
    for name in FILES:
        assert len(told(name, results(verdict(finding(), source=(source,))))) < 20_000


def test_suppressions_say_who_answers_for_it() -> None:
    found = {each["ruleId"]: each["suppressions"] for each in sarif_of(whole())["results"]}
    (by_waiver,), (by_baseline,) = found["ip.background"], found["goods.duty"]
    assert by_waiver["justification"] == "Agreed with the other party"
    assert by_waiver["properties"] == {"id": "W-1", "approver": "the director", "until": "2044-01-01"}
    assert (
        (by_waiver["status"], by_waiver["kind"])
        == (by_baseline["status"], by_baseline["kind"])
        == ("accepted", "external")
    )
    assert found["notice.termination"] == []


def test_nothing_is_said_of_suppressions_where_there_are_none() -> None:
    assert all("suppressions" not in each for each in sarif_of(everything())["results"])


def test_sarif_tells_what_could_not_be_read() -> None:
    (done,) = sarif_of(everything())["invocations"]
    assert done["executionSuccessful"] is False
    assert [each["message"]["text"] for each in done["toolExecutionNotifications"]] == [
        "unknown field `form`; did you mean `from`?",
        "no such file",
    ]
    (done,) = sarif_of(results(verdict()))["invocations"]
    assert (done["executionSuccessful"], done["toolExecutionNotifications"]) == (True, [])


def test_a_rule_of_sarif_says_what_it_rests_on() -> None:
    rules = {each["id"]: each for each in sarif_of(whole())["tool"]["driver"]["rules"]}
    rule = rules["notice.termination"]
    assert rule["helpUri"] == "https://example.org/a?b=c"
    assert "“at least one year before”" in rule["help"]["text"]
    assert "press-quote: words of the agreement as the press quotes them" in rule["help"]["text"]
    assert r"[Five missions \<to\> the Moon](<https://example.org/a?b=c>)" in rule["help"]["markdown"]
    assert rule["properties"]["basis"] == "press-quote"


@pytest.mark.parametrize(
    ("file", "artifact"),
    [
        ("./a b.yaml", {"uri": "a%20b.yaml", "uriBaseId": "SRCROOT"}),
        ("/tmp/a#b.yaml", {"uri": "file:///tmp/a%23b.yaml"}),  # noqa: S108 - a name
        ("航天.yaml", {"uri": "%E8%88%AA%E5%A4%A9.yaml", "uriBaseId": "SRCROOT"}),
        ("a:b.yaml", {"uri": "a%3Ab.yaml", "uriBaseId": "SRCROOT"}),
        ("<stdin>", {"uri": "%3Cstdin%3E", "uriBaseId": "SRCROOT"}),
    ],
)
def test_names_of_files_as_addresses(file: str, artifact: dict[str, str]) -> None:
    (result,) = sarif_of(results(verdict(finding(place=Place(file, 1, 1)))))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == artifact


def test_gitlab_looks_files_up_from_the_root() -> None:
    (issue,) = json.loads(told("gitlab", results(verdict(finding(place=Place("./a/./b.yaml", 2, 1))))))
    assert issue["location"] == {"path": "a/./b.yaml", "lines": {"begin": 2}}


def test_fingerprints_outlive_a_move() -> None:
    def marks(name: str, line: int) -> list[str]:
        text = told(name, results(verdict(finding(place=Place("case.yaml", line, 1)))))
        return re.findall(r'"(?:fingerprint|servandaFinding/v1|uuid)": "(.*?)"', text)[1 if name == "oscal" else 0 :]

    for name in ("sarif", "gitlab"):
        assert marks(name, 1) == marks(name, 9) != []


def test_what_is_alike_is_told_apart() -> None:
    twice = results(verdict(finding(), finding()), verdict(finding(), case="other.yaml"))
    for name in ("junit", "gitlab", "oscal"):
        VALID[name](told(name, twice))
    assert 'name="family.rule (2)"' in told("junit", twice)


def test_a_failure_of_junit_tells_the_whole_finding() -> None:
    root = etree.fromstring(told("junit", whole()).encode("utf-8"))
    (failure,) = root.xpath("//testcase[@name='notice.termination@T1']/failure")
    assert failure.get("type") == "violated"
    assert failure.get("message") == "russia gave no written diplomatic notice by 2043-07-18."
    assert "^^^^^^^^^^ wanted: on or before 2043-07-18" in failure.text
    (skipped,) = root.xpath("//testcase[@name='ip.background@T1']/skipped")
    assert "Agreed with the other party" in skipped.text
    assert "the director" in skipped.text
    assert root.xpath("//testcase[@name='term.length']")[0].getchildren() == []
    (error,) = root.xpath("//testsuite[@name='bad.yaml']/testcase/error")
    assert error.text.startswith("bad.yaml:3:7: ")


def test_a_case_no_rule_speaks_to_is_a_test_that_passed() -> None:
    (suite,) = etree.fromstring(told("junit", results(verdict(status="not-applicable"))).encode("utf-8"))
    assert [(each.get("name"), len(each)) for each in suite.findall("testcase")] == [("not-applicable", 0)]


# --- what if ----------------------------------------------------------------------


@pytest.mark.parametrize("found", [(), (finding(),)], ids=["nothing", "a breach"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_what_was_supposed(name: str, found: tuple[Finding, ...]) -> None:
    status = "violated" if found else "compliant"
    plain, consent = verdict(*found, status=status), "mutual-consent(to: terminate)"
    for_programs = name in ("json", "jsonl")
    for parts, wanted in (
        ({"assumed": (CONSENT,)}, "terminate" if for_programs else consent),
        ({"without": ("N7",)}, "N7"),
    ):
        text = told(name, results(plain._replace(**parts)))
        assert re.sub(r"\\_|\\\\", "", text).count(wanted) >= 1
        assert wanted not in told(name, results(plain))
        VALID.get(name, str)(text)


def test_what_was_supposed_is_told_where_each_board_looks() -> None:
    run = results(verdict(finding(), assumed=(CONSENT,), without=("N7",)), verdict(case="b.yaml#2", without=("N8",)))
    (invocation,) = json.loads(told("sarif", run))["runs"][0]["invocations"]
    assert invocation["properties"] == {"assumed": ["mutual-consent(to: terminate)"], "without": ["N7", "N8"]}
    assert invocation["executionSuccessful"]
    notes = invocation["toolConfigurationNotifications"]
    assert [(each["level"], each["message"]["text"]) for each in notes] == [
        ("note", "Assumed: mutual-consent(to: terminate); left out: N7"),
        ("note", "Left out: N8"),
    ]
    suites = [*etree.fromstring(told("junit", run).encode()).iter("testsuite")]
    properties = [[(each.get("name"), each.get("value")) for each in suite.iter("property")] for suite in suites]
    assert {("assumed", "mutual-consent(to: terminate)"), ("without", "N7")} < {*properties[0]}
    assert ("without", "N8") in properties[1]
    first, second = json.loads(told("oscal", run))["assessment-results"]["results"]
    assert first["remarks"] == "Assumed: mutual-consent(to: terminate); left out: N7"
    assert {"verdict", "assumed", "without"} < {each["name"] for each in first["props"]}
    assert second["remarks"] == "Left out: N8"
    assert [(each.name, each.properties["file"], each.message) for each in commands(told("github", run))] == [
        ("notice", "case.yaml", "Assumed: mutual-consent(to: terminate); left out: N7"),
        ("error", "case.yaml", commands(told("github", run))[1].message),
        ("notice", "b.yaml", "Left out: N8"),
    ]
    supposed = "case.yaml:1:1: what-if[case.yaml] Assumed: mutual-consent(to: terminate); left out: N7"
    assert told("concise", run).splitlines()[0] == supposed
    assert [(each["severity"], each["description"]) for each in json.loads(told("gitlab", run))] == [
        (
            "critical",
            "violated: something is not as it should be (Assumed: mutual-consent(to: terminate); left out: N7)",
        ),
        ("info", "Left out: N8"),
    ]


@pytest.mark.parametrize("name", ["github", "concise"])
def test_what_was_supposed_is_told_quietly_only_where_something_fails(name: str) -> None:
    quiet = Look(quiet=True)
    assert told(name, results(verdict(status="compliant", without=("N7",))), quiet) == ""
    assert "N7" in told(name, results(verdict(finding(), without=("N7",))), quiet)


def test_an_annotation_stands_at_its_place_and_says_what_would_help() -> None:
    first = next(each for each in commands(told("github", whole())) if each.name == "error")
    assert (first.properties["file"], first.properties["line"], first.properties["col"]) == (LATE, "6", "5")
    assert first.properties["title"].startswith("violated[notice.termination] Termination needs")
    lines = first.message.split("\n")
    assert lines[0] == "russia gave no written diplomatic notice by 2043-07-18."
    assert "  1. leave terminate T1 undone (by russia, until 2044-07-18)" in lines
    assert any(each.startswith("Basis: press-quote: ") for each in lines)


def test_an_annotation_is_read_back_as_it_was_told() -> None:
    odd = finding(title="50% a:b,c=d %0A", message="100%: %25 a,b::c", place=Place("a,b:c%2C.yaml", 3, 1))
    (read,) = commands(told("github", results(verdict(odd))))
    assert read.properties["file"] == "a,b:c%2C.yaml"
    assert read.properties["title"] == "violated[family.rule] 50% a:b,c=d %0A"
    assert read.message.split("\n")[0] == "100%: %25 a,b::c"


def test_annotations_show_what_concise_shows() -> None:
    for look in (Look(), Look(show_all=True), Look(quiet=True)):
        assert len(commands(told("github", whole(), look))) == told("concise", whole(), look).count("\n")


def test_a_remedy_keeps_its_number_in_markdown() -> None:
    other = late_notice()._replace(remedies=(Remedy(7, "do it", (), "satisfied", None, None, None),))
    items = [each for each in GFM.parse(told("markdown", results(verdict(other)))) if each.type == "ordered_list_open"]
    assert [each.attrs for each in items] == [{"start": 7}]


def test_markdown_folds_the_derivation_and_leaves_the_law_open() -> None:
    text = told("markdown", results(verdict(late_notice(), source=LATE_SOURCE)))
    open_, folded = text.split("<details>")
    for label in ("What:", "Who:", "Rule:", "Basis:", "Remedy:"):
        assert f"**{label}**" in open_
    for label in ("Because:", "Days:", "Missing:"):
        assert f"**{label}**" in folded
    assert folded.count("</details>") == 1


def test_what_weighs_too_little_to_decide_is_counted_by_itself() -> None:
    kept, light = finding(status="satisfied"), finding(severity="warning")
    cells = told("markdown", results(verdict(light, kept, light, status="compliant"))).split("\n")[6].split(" | ")
    assert (cells[1], cells[3]) == ("compliant", "1 satisfied; warning: 2 violated |")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`day` of `a b: {c}`", "<code>day</code> of <code>a b: {c}</code>"),
        ("`a``<b>`", "<code>a``&lt;b&gt;</code>"),
        ("``<b>`", "`<code>&lt;b&gt;</code>"),
        ("`<b>``", "<code>&lt;b&gt;</code>`"),
        ("` <b>", "` &lt;b&gt;"),
        ("`<b>|`", "`&lt;b&gt;|`"),
        ("\\`<b>`", "\\<code>&lt;b&gt;</code>"),
        ("``` <b>", "``` &lt;b&gt;"),
    ],
)
def test_code_marks_open_nothing(text: str, shown: str) -> None:
    assert GFM.render(escape(text)) == f"<p>{shown}</p>\n"


def test_markdown_ends_with_what_it_is_not() -> None:
    for look in (Look(), Look(show_all=True)):
        last = told("markdown", whole(), look).rstrip("\n").split("\n")[-1]
        assert last.startswith("*This is not legal advice: ")


def test_markdown_is_quiet_where_all_is_well() -> None:
    fine = results(verdict(finding(status="satisfied"), status="compliant"))
    assert told("markdown", fine, Look(quiet=True)) == ""
    assert told("markdown", fine).count("###") == 0


def test_markdown_is_no_longer_than_a_summary_may_be() -> None:
    found = finding(message="W" * 2200)
    many = results(*(verdict(found, case=f"{number}.yaml") for number in range(501)))
    text = told("markdown", many)
    assert 900_000 < len(text.encode()) < 1024 * 1024
    assert "and 1 more" in text
    left = re.search(r"([0-9]+) findings are left out here", text)
    assert left
    assert int(left[1]) + text.count("\n### ") == 501
    assert text.rstrip().endswith("*")


def test_oscal_has_the_time_it_is_told_and_reads_no_clock() -> None:
    def times(run: Results) -> tuple[str, set[str]]:
        found = json.loads(told("oscal", run))["assessment-results"]
        return found["metadata"]["last-modified"], {each["start"] for each in found["results"]}

    assert times(results(verdict(), stamp=EPOCH)) == (EPOCH, {"2043-09-10T00:00:00Z"})
    assert times(results(verdict())) == ("2043-09-10T00:00:00Z", {"2043-09-10T00:00:00Z"})


def test_oscal_offers_remedies_to_a_risk_and_marks_what_is_waived() -> None:
    found = json.loads(told("oscal", whole()))["assessment-results"]["results"][0]
    risks = {each["props"][0]["value"] if "props" in each else each["title"]: each for each in found["risks"]}
    assert risks["W-1"]["status"] == "deviation-approved"
    late = risks["Termination needs a written diplomatic notice a year before the period ends"]
    assert (late["status"], [each["lifecycle"] for each in late["remediations"]]) == ("open", ["recommendation"] * 2)
    states = [each["target"]["status"]["state"] for each in found["findings"]]
    assert states == ["not-satisfied", "not-satisfied", "not-satisfied", "satisfied"]


# --- the same always, and in every language -----------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_statuses_are_in_the_readers_language_and_words_for_programs_are_not(name: str) -> None:
    text = told(name, whole()._replace(language="ru"))
    assert "нарушен" in text or name == "github"
    assert "notice.termination" in text
    assert "violated" in text or name in ("gitlab", "markdown")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(("words", "status"), [(["pending"], 0), (["gone", "violated"], 2)])
def test_the_exit_status_is_the_same_in_every_format(name: str, words: list[str], status: int, tmp_path: Path) -> None:
    """The judge is the stub of the tests of the command line: a case comes to what its text says."""
    for word in words:
        if word != "gone":
            (tmp_path / f"{word}.yaml").write_text(word, "utf-8")
    stub = [sys.executable, str(TESTS / "cli_stub.py"), "check", "-o", name, *(f"{word}.yaml" for word in words)]
    done = subprocess.run(stub, cwd=tmp_path, capture_output=True, check=False, text=True, encoding="utf-8")
    assert done.returncode == status
    VALID[name](done.stdout)


def test_several_formats_in_one_run(tmp_path: Path) -> None:
    """As a workflow has it: annotations on standard output, the rest to files; the exit status is the run's."""
    pack = str(TESTS / "packs" / "spoken")
    case = TESTS / "packs" / "spoken" / "tests" / "violated.yaml"
    files = {name: tmp_path / FILES[name] for name in FILES if name != "github"}
    asked = [part for name, path in files.items() for part in ("-o", f"{name}={path}")]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "checker",
            "check",
            str(case),
            "--pack",
            pack,
            "--engine",
            "referee",
            "-o",
            "github",
            *asked,
        ],
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "PYTHONPATH": str(TESTS.parent)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert {each.name for each in commands(done.stdout)} >= {"error"}
    for name, path in files.items():
        VALID[name](path.read_text("utf-8"))
    assert f'"last-modified": "{EPOCH}"' in files["oscal"].read_text("utf-8")


RUN = """
import sys
sys.path[:0] = sys.argv[1:]
from test_formats import FILES, told, whole
sys.stdout.reconfigure(encoding="utf-8")
print(*(told(name, whole()) for name in FILES), sep="", end="")
"""


def test_equal_runs_give_equal_bytes() -> None:
    other = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "SOURCE_DATE_EPOCH": "7", "LC_ALL": "zh_CN"}
    program = [sys.executable, "-c", RUN, str(TESTS), str(TESTS.parent)]
    done = subprocess.run(program, env=other, capture_output=True, check=True)
    assert done.stdout.decode() == "".join(told(name, whole()) for name in FILES)


@pytest.mark.parametrize("name", ["sarif", "junit", "markdown", "oscal"])
def test_blank_text_breaks_no_structure(name: str) -> None:
    VALID[name](told(name, hostile(" ")))


# --- any text -----------------------------------------------------------------------

PAYLOADS = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)> &lt;b&gt; <!-- </details> ]]>",
    "marks": "[x](javascript:alert(1)) ![x](http://evil.example/x.png) **b** _i_ ~~s~~ | c | `d` $e$ \\ ^f^ <http://g.example>",
    "reaching": "@everyone #1 GH-1 a@b.example https://evil.example/ HTTP://evil.example www.evil.example",
    "fence": "```\n# heading\n~~~\n````text\n</details>",
    "start": "1. one",
    "dash": "- dash\n\n    code\n\n===\n---\n> quote\n[a]: http://evil.example",
    "control": "a\x1b[31m\x00\x07\x08\x7f\x9b\x85\u2028\u2029\ufffeb",
    "bidi": "\u202e\u2066\u200f\ufeff\u061cb",
    "surrogate": "a\ud800b",
    "formula": "=cmd|' /C calc'!A0",
    "commands": "x\n::error file=a::b\r::stop-commands::c %0A::warning::d ##[error]e",
    "template": "{0} {{1}} {x} %s %(x)s ${{ secrets.X }} ${HOME}",
    "quotes": "\"'\\\" ' --",
    "long": "W" * 2000,
}
_KEPT = frozenset(
    (
        *("status", "default_status", "severity", "op", "fail_on", "min_severity", "language", "state", "stamp"),
        *("as_of", "sha256", "pack_sha256"),
    )
)


def poisoned(value: Any, payload: str, name: str = "") -> Any:
    """The value with every text in it replaced; words of the program, days and digests stay."""
    if isinstance(value, str):
        return value if name in _KEPT else payload
    if isinstance(value, tuple):
        if hasattr(value, "_fields"):
            parts = zip(value._fields, value, strict=True)
            return type(value)(*(poisoned(each, payload, field) for field, each in parts))
        return tuple(poisoned(each, payload, name) for each in value)
    if isinstance(value, dict):
        return {
            tuple(payload for _ in key) if isinstance(key, tuple) else payload: poisoned(each, payload)
            for key, each in value.items()
        }
    if isinstance(value, Problem):
        return Problem(poisoned(value.place, payload), payload)
    return value


def hostile(payload: str) -> Results:
    """A run in which every text is the payload; the rules keep ids that tell them apart."""
    run = poisoned(whole(), payload)
    assert run.verdicts[0].findings[0].message == payload
    return run


def test_every_text_is_poisoned() -> None:
    left = json.dumps(repr(poisoned(whole(), "\0")))
    assert not re.search("Termin|terminate|russia|notice|director|S13", left)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("name", FILES)
def test_hostile_text_stays_text(name: str, payload: str) -> None:
    for look in (Look(), Look(show_all=True)):
        text = told(name, hostile(PAYLOADS[payload]), look)
        text.encode("utf-8")
        steering = {letter for letter in text if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
        assert steering <= {"\n"}
        VALID[name](text)


@pytest.mark.parametrize(
    "payload", ["::add-mask::a", "a ::error::b " * 40, "\n\t::error::b", "a ##[add-mask]b", "##[x]y"]
)
@pytest.mark.parametrize("name", ["text", "concise"])
def test_no_line_for_people_is_a_command_to_the_log(name: str, payload: str) -> None:
    """The runner obeys `::` after any blanks, and `##[` wherever it stands (ActionCommand.TryParseV2 and TryParse)."""
    for look in (Look(), Look(show_all=True, width=NARROWEST), Look(colour=True)):
        lines = FORMATS[name](hostile(payload), look).splitlines()
        assert [each for each in lines if each.lstrip().startswith("::") or "##[" in each] == []


@pytest.mark.parametrize("payload", ["markup", "marks", "reaching", "formula", "template", "start"])
def test_markdown_reads_as_the_text_does(payload: str) -> None:
    text = PAYLOADS[payload]
    shown = [each.replace("\u200b", "") for each in prose(GFM.parse(f"- {escape(text)}\n"))]
    assert shown == [re.sub("`[^`|]+`", "", text)]


@pytest.mark.parametrize("name", ["a|b", "a`b", "a\nb", "", " ", "a b", "<b>"])
def test_a_name_in_code_marks(name: str) -> None:
    (row,) = (each for each in GFM.parse(f"| {code(name)} | x |\n|---|---|\n") if each.type == "thead_open") and [
        list(each.children or ()) for each in GFM.parse(f"| {code(name)} | x |\n|---|---|\n") if each.type == "inline"
    ][:1]
    assert "".join(each.content for each in row if each.content).replace("\u200b", "") == " ".join(name.split())


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://a.example/b?c=d&e", "https://a.example/b?c=d&e"),
        ("https://a.example/<b> c\\中%zz%20", "https://a.example/%3Cb%3E%20c%5C%E4%B8%AD%25zz%20"),
        ("javascript:alert(1)", None),
        ("//a.example", None),
        (None, None),
    ],
)
def test_links_lead_to_the_web_only(url: str | None, leads: str | None) -> None:
    found = [
        each for block in GFM.parse(link("a [b]", url)) for each in block.children or () if each.type == "link_open"
    ]
    assert [each.attrs["href"] for each in found] == ([leads] if leads else [])


@pytest.mark.parametrize("lines", [["```", "<b>"], ["a ````` b", "````"], ["\x1b[2J\u202e"], []])
def test_a_block_holds_any_line(lines: list[str]) -> None:
    text = "\n".join(block(lines))
    (fence,) = GFM.parse(text)
    assert (fence.type, len(fence.content.splitlines())) == ("fence", len(lines))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_test_of_junit_holds_any_text() -> None:
    bad = "]]>\x00\x1b\u202e\ud800\ufffe & <b>"
    text = junit_xml.document(
        bad, [junit_xml.Suite(bad, [junit_xml.Test(bad, bad, "error", bad, bad, f"{bad}\n\t{bad}")], [(bad, bad)])]
    )
    is_junit(text)
    (error,) = etree.fromstring(text.encode("utf-8")).iter("error")
    assert error.text.split("\n")[1].startswith("    ]]>\\x00\\x1b\\u202e\\ud800")


def test_lists_keep_their_depth() -> None:
    lines = ["- a", "    sum of a", "  - b", "- c"]
    assert list(bullets(lines, tree=True)) == ["- a", "  - sum of a", "  - b", "- c"]
    assert list(bullets(["a", "  near", "    test"])) == ["- a", "  - near", "    - test"]

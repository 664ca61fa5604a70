"""What programs call: `load_pack`, `check`, and what they raise."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from threading import Thread

import pytest

from checker import CaseError, OpenPack, PackError, UsageError, Verdict, check, load_pack
from checker.api import judge
from checker.options import Options
from checker.sources import CaseSource

ROOT = Path(__file__).resolve().parent.parent
LATE = ROOT / "examples" / "late-notice.yaml"
EXIT = {"terminate": {"id": "T1", "by": "russia", "effective": "2044-07-18"}}


@pytest.fixture(scope="module")
def isls() -> OpenPack:
    return load_pack("isls")


def test_a_path_a_text_and_a_mapping_are_judged_alike(isls: OpenPack) -> None:
    mapping = {"as-of": date(2044, 1, 1), "actions": [EXIT]}
    text = json.dumps(mapping, default=str)
    yaml = "as-of: 2044-01-01\nactions:\n  - terminate: {id: T1, by: russia, effective: 2044-07-18}\n"
    verdicts = [check(case, isls) for case in (mapping, text, yaml)]
    assert {verdict.status for verdict in verdicts} == {"violated"}
    assert len({verdict.findings[0].fingerprint for verdict in verdicts}) == 1
    assert check(LATE, isls).status == check(str(LATE), isls).status == "violated"


def test_the_clauses_of_all_packs_of_a_run_are_counted() -> None:
    names = ("timely-notice.yaml", "iss-withdrawal.yaml")
    sources = [CaseSource(each, (ROOT / "examples" / each).read_bytes(), "yaml", None) for each in names]
    alone = [judge([each], Options(engine="referee", remedies=False)).coverage for each in sources]
    both = judge(sources, Options(engine="referee", remedies=False)).coverage
    assert both.clauses == alone[0].clauses + alone[1].clauses > alone[0].clauses
    assert both.not_covered == alone[0].not_covered + alone[1].not_covered


def test_a_verdict_says_itself_in_json(isls: OpenPack) -> None:
    told = json.loads(check(LATE, isls).to_json())
    assert told["verdict"] == "violated"
    assert told["findings"][0]["missing"][0]["near"][0]["by"] == "P45D"
    assert told["receipt"]["as_of"] == "2043-10-01"


def test_the_day_of_judging_and_the_readings_can_be_given(isls: OpenPack) -> None:
    assert check({"actions": [EXIT]}, isls, as_of="2043-07-16").status == "pending"
    assert check({"actions": [EXIT]}, isls, as_of="2043-07-19").status == "violated"
    senegal = ROOT / "examples" / "senegal-2024.yaml"
    assert check(senegal, isls).status == "contested"
    assert check(senegal, isls, readings={"partner-routing": "either"}).status == "compliant"
    assert check(senegal, isls, readings={"partner-routing": "both"}).status == "undetermined"


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({"actions": [{"terminate": {"id": "T1", "efective": "2044-07-18"}}]}, "did you mean `effective`?"),
        ({"actions": [{"terminate": {"id": "T1", "by": "\ud800"}}]}, "half"),
        ({"actions": [{"terminate": {"id": "T1", "effective": float("nan")}}]}, "NaN"),
        ("as-of: 2044-01-01\nfacts: []\n---\nas-of: 2044-01-01\nfacts: []\n", "there are several cases here"),
        ("no-such-file.yaml", "no such file"),
    ],
)
def test_what_is_no_case_is_refused_in_words(case: object, words: str, isls: OpenPack) -> None:
    with pytest.raises(CaseError) as refused:
        check(case, isls)  # type: ignore[arg-type]  # whatever a program may pass
    assert words in str(refused.value)


def test_what_is_no_pack_option_or_day_is_refused(isls: OpenPack, tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"there is no `pack.yaml` in it"):
        load_pack(tmp_path)
    with pytest.raises(UsageError, match="did you mean `isls`"):
        load_pack("isl")
    with pytest.raises(UsageError, match="did you mean `either`"):
        check(LATE, isls, readings={"partner-routing": "eithr"})
    with pytest.raises(UsageError, match="is no day"):
        check(LATE, isls, as_of="2044-02-30")


def test_threads_share_a_pack(isls: OpenPack) -> None:
    found: list[Verdict] = []
    threads = [
        Thread(target=lambda: found.extend(check(LATE, isls, remedies=False) for _ in range(10))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({verdict.to_json() for verdict in found}) == 1
    assert len(found) == 40


@pytest.mark.parametrize("stamp", ["99999999999999", "9" * 30, "9" * 5000])
def test_a_stamp_out_of_the_calendar_is_refused(stamp: str, isls: OpenPack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", stamp)
    with pytest.raises(UsageError, match=r"SOURCE_DATE_EPOCH: `9+…?` is no time of our calendar"):
        check("{agreement: isls}", isls)


def test_a_finding_on_what_was_concluded_stands_at_the_fact_it_was_concluded_from(isls: OpenPack) -> None:
    """The duties after a leak speak of a breach, which no case states; the leak behind it has a line."""
    path = Path(__file__).resolve().parent.parent / "examples" / "leak.yaml"
    (leak,) = (number for number, text in enumerate(path.read_text("utf-8").splitlines(), 1) if "- leak:" in text)
    found = {each.rule: each.place.line for each in check(path, isls, engine="referee", remedies=False).findings}
    assert found["confidentiality.leak-contain"] == found["confidentiality.leak"] == leak

"""Prints how good the explanations are, over all examples and all packs' test cases. No test reads it, no clock fails.

    python tests/measures.py                      everything (half an hour)
    python tests/measures.py remedies --limit 40  some forty cases, spread over all of them
    python tests/measures.py ratio

What is promised is held against the public API: a remedy's patch is made in the case as it is written, and the
case is judged again from there.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from checker import api, check, load_pack
from checker.commands.asked import source_of
from checker.errors import CaseError
from checker.judging import OpenPack
from checker.load import load_file, plain
from checker.options import Options
from checker.splice import patched
from checker.verdict import Finding, PatchStep, Verdict

ROOT = Path(__file__).resolve().parent.parent
WELL = ("satisfied", "excused")
BADNESS = ("silent", "satisfied", "overridden", "excused", "pending", "undetermined", "contested", "violated")
FINDINGS = 5  # of the case whose explanation is timed


class Sample(NamedTuple):
    """A case as it is written, and its pack."""

    name: str
    written: dict[str, Any]
    opened: OpenPack


def main() -> None:
    """Print the parts asked for."""
    parts = {"remedies": remedies, "ratio": ratio}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=", ".join(parts))
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="about so many cases; 0 for all")
    asked = parser.parse_args()
    for name in asked.parts or parts:
        sys.stdout.write(f"# {name}\n")
        for line in parts[name](asked.limit):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


# --- remedies ---------------------------------------------------------------------


def remedies(limit: int) -> Iterator[str]:
    """Of the violated findings: how many have a remedy, why the others have none, and whether remedies keep to it."""
    violated = helped = told = parts = 0
    reasons: Counter[str] = Counter()
    broken: list[str] = []
    needless: list[str] = []
    for sample in samples(limit):
        verdict = check(sample.written, sample.opened)
        for finding in verdict.findings:
            if finding.status == "violated" and not is_element(finding, verdict):
                violated += 1
                helped += bool(finding.remedies)
                if not finding.remedies:
                    reasons[reason(finding)] += 1
            for remedy in finding.remedies:
                told += 1
                if why := unproven(sample, verdict, finding, remedy.change, remedy.status):
                    broken.append(f"{sample.name}: {finding.rule}@{finding.action}: {remedy.text}: {why}")
                for less in smaller(remedy.change):
                    parts += 1
                    if status_of(judged(sample, less), finding) in WELL:
                        needless.append(f"{sample.name}: {finding.rule}@{finding.action}: {remedy.text}")
    yield f"violated findings with a proven remedy: {helped} of {violated}{share(helped, violated)}"
    yield from (f"  without, {number:>4}: {why}" for why, number in reasons.most_common())
    yield f"remedies that do not prove out when applied: {len(broken)} of {told} (must be 0)"
    yield from (f"  {each}" for each in broken)
    yield f"remedies of which a part would do: {len(needless)} of {parts} parts (must be 0)"
    yield from (f"  {each}" for each in needless)


def is_element(finding: Finding, verdict: Verdict) -> bool:
    """Whether a block's own rule speaks of the same: remedies are looked for there."""
    block, slash, _ = finding.rule.partition("/")
    return bool(slash) and any(each.rule == block and each.subject == finding.subject for each in verdict.findings)


def reason(finding: Finding) -> str:
    """Why no remedy was found, as the finding says, without its numbers and days."""
    return re.sub(r"[0-9][0-9-]*", "…", finding.no_remedy or "no reason is told")


def unproven(sample: Sample, before: Verdict, finding: Finding, change: tuple[PatchStep, ...], promised: str) -> str:
    """What a remedy comes to that it should not; '' where it keeps its promise."""
    after = judged(sample, change)
    status = status_of(after, finding)
    if status != promised:
        return f"then {status}, not {promised}"
    block = finding.rule.partition("/")[0]
    for each in after.findings:
        then = status_of(before, each)
        if each.rule.partition("/")[0] != block and BADNESS.index(each.status) > max(
            BADNESS.index(then), BADNESS.index("excused")
        ):
            return f"{each.rule}@{each.action} was {then} and is {each.status}"
    return ""


def smaller(change: tuple[PatchStep, ...]) -> Iterator[tuple[PatchStep, ...]]:
    """The change without one of its parts; a list to put facts in is no part."""
    parts = [step for step in change if step.value != []]
    for part in parts if len(parts) > 1 else ():
        yield tuple(step for step in change if step is not part)


def judged(sample: Sample, change: tuple[PatchStep, ...]) -> Verdict:
    """The case with the change made in it as it is written."""
    case: Any = sample.written
    for step in change:
        case = patched(case, step)
    return check(case, sample.opened, remedies=False)


def status_of(verdict: Verdict, finding: Finding) -> str:
    """What a verdict says of the same: by rule and action, or else by rule and the fact's id."""
    found = [each.status for each in verdict.findings if key(each) == key(finding)]
    return max(found, key=BADNESS.index, default="silent")


def key(finding: Finding) -> tuple[str, str]:
    """A finding by its rule and action, or by its rule and the first value of what it speaks of, which is an id."""
    if finding.action is not None:
        return finding.rule, finding.action
    return finding.rule, repr([part.values[:1] if hasattr(part, "values") else part for part in finding.subject])


# --- time -------------------------------------------------------------------------


def ratio(_limit: int) -> Iterator[str]:
    """What explaining costs, for an example with some five findings, as ratios to judging it without remedies."""
    path, opened = case_to_time()
    bare = least(lambda: check(path, opened, remedies=False))
    told, source = Options(remedies=False), source_of(str(path), "CASE")
    count = len(check(path, opened, remedies=False).findings)
    yield f"{path.name}, {count} findings: check() without remedies takes {1000 * bare:.0f} ms here"
    for name, seconds in (
        ("check() with remedies", least(lambda: check(path, opened))),
        ("explain, all rules", least(lambda: api.explain(source, told, None, readings=False, timeline=None))),
        ("explain, with readings", least(lambda: api.explain(source, told, None, readings=True, timeline=None))),
    ):
        yield f"  {name:<24} {seconds / bare:5.1f} times that"


def case_to_time() -> tuple[Path, OpenPack]:
    """The example whose findings come nearest to that many; a failing one before others."""
    found = []
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        opened = load_pack(api.agreement_of(load_file(path, error=CaseError)[0]) or "isls")
        verdict = check(path, opened, remedies=False)
        found.append((abs(len(verdict.findings) - FINDINGS), verdict.status != "violated", path.name, path, opened))
    return min(found, key=lambda each: each[:3])[3:]


def least(work: Callable[[], object], times: int = 5) -> float:
    """The least of several runs: what the work costs, not what else the machine was doing."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


# --- cases ------------------------------------------------------------------------


def samples(limit: int) -> Iterator[Sample]:
    """Every case of the examples and of the packs' tests, or about so many, evenly spread."""
    found = [*_cases(ROOT / "examples", None)]
    for folder in sorted(path for path in (ROOT / "rules").iterdir() if path.is_dir()):
        found += _cases(folder / "tests", folder.name)
    every = max(1, len(found) // limit) if limit else 1
    packs: dict[str, OpenPack] = {}
    for name, written, pack in found[::every]:
        if pack not in packs:
            packs[pack] = load_pack(pack)
        yield Sample(name, written, packs[pack])


def _cases(folder: Path, pack: str | None) -> Iterator[tuple[str, dict[str, Any], str]]:
    for path in sorted(folder.glob("*.yaml")):
        for document in load_file(path, error=CaseError):
            written: Any = plain(document.root)
            yield f"{path.name}#{document.index + 1}", written, written.get("agreement") or pack or "isls"


def share(part: int, whole: int) -> str:
    """`, 96%`; nothing of nothing."""
    return f", {100 * part / whole:.0f}%" if whole else ""


if __name__ == "__main__":
    main()

"""Sentences about waivers and the baseline: why a finding that stands fails no run, and what of both is idle."""

from __future__ import annotations

from collections.abc import Iterator

from checker.results import Accepted, IdleWaiver, Results
from checker.speech import Speech
from checker.terminal import line
from checker.verdict import Finding, Waived

_ENDS = (".", "!", "?", "。", "！", "？")


def waived(waiver: Waived, speech: Speech) -> str:
    """Who answers for a finding, why, and until when."""
    return speech.say(
        "By {approver}: {reason} This ends at 00:00 UTC on {until} ({id}).",
        reason=waiver.reason if waiver.reason.endswith(_ENDS) else f"{waiver.reason}.",
        approver=waiver.approver,
        until=waiver.until,
        id=waiver.id,
    )


def marked(text: str, finding: Finding, speech: Speech) -> str:
    """A finding on one line, with a word on why it fails no run."""
    if finding.waiver is not None:
        waiver = finding.waiver
        told = {"approver": waiver.approver, "until": waiver.until, "id": waiver.id}
        text = speech.say("{text} (waived by {approver}; ends at 00:00 UTC on {until}: {id})", text=text, **told)
    return speech.say("{text} (in the baseline)", text=text) if finding.in_baseline else text


def in_use(results: Results, speech: Speech) -> Iterator[str]:
    """Which file of waivers was used, on which day, and which baseline."""
    waivers, baseline = results.waivers, results.baseline
    if waivers is not None and waivers.sha256 is None:
        yield speech.say("{ref} has no {file}, so nothing is waived.", ref=waivers.ref, file=waivers.file)
    elif waivers is not None and waivers.ref is not None:
        told = {"file": waivers.file, "ref": waivers.ref, "day": waivers.day}
        yield speech.say("Waivers of {file} at {ref}, on {day}.", **told)
    elif waivers is not None:
        yield speech.say("Waivers of {file}, on {day}.", file=waivers.file, day=waivers.day)
    if baseline is not None:
        yield speech.say("Baseline {file}.", file=baseline.file)


def idle(results: Results, speech: Speech) -> list[str]:
    """What of the waivers and of the baseline serves nothing, place first."""
    waivers = [] if results.waivers is None else results.waivers.idle
    told = [f"{each.place}: {line(_idle(each, speech))}" for each in waivers]
    if results.baseline is not None:
        told += [f"{line(results.baseline.file)}: {line(_stale(each, speech))}" for each in results.baseline.stale]
    return told


def _idle(waiver: IdleWaiver, speech: Speech) -> str:
    told = {"id": waiver.id, "rule": waiver.rule}
    if waiver.state == "expired":
        return speech.say("waiver {id} of {rule} ended at 00:00 UTC on {day}", day=waiver.expires, **told)
    if waiver.state == "early":
        return speech.say("waiver {id} of {rule} does not hold before {day}", day=waiver.created, **told)
    if waiver.state == "unused":
        return speech.say("waiver {id} of {rule} meets no finding of this run", **told)
    if waiver.nearest is not None:
        return speech.say(
            "waiver {id} is for {rule}, which no pack of this run has; did you mean {nearest}?",
            nearest=waiver.nearest,
            **told,
        )
    return speech.say("waiver {id} is for {rule}, which no pack of this run has", **told)


def _stale(entry: Accepted, speech: Speech) -> str:
    finding = entry.rule if entry.action is None else f"{entry.rule}@{entry.action}"
    return speech.say("{finding} of {case} is no longer found", finding=finding, case=entry.case)

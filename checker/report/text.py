"""The report for people: what is wrong, where, why, on what ground, and what would put it right.

Plain sentences under short labels, in the order a reader asks. What complies is
only counted, unless all is asked for: then it is shown as evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.errors import Problem
from checker.gate import fails, unjudged_fail, verdict_fails
from checker.report import words
from checker.report.json import steps
from checker.report.snippet import Mark, snippet
from checker.terminal import Look, line, wrap
from checker.verdict import Ask, Derivation, DerivedFact, FactView, Finding, Missing, Results, Verdict

_COLOURS = {"violated": "red", "invalid": "red", "contested": "magenta", "undetermined": "yellow", "pending": "cyan"}
_FINE = "green"
_LABEL = 11  # columns of a label, its gap included
_MARGIN = "  "
_DEEPEST, _DEEPEST_SHOWN = 5, 40  # levels of a derivation told, by default and at most
_NARROW = 24  # columns that text always gets, however deep it stands


def render(results: Results, look: Look) -> str:
    """All cases, then the run in one line, who judged, and what this report is not."""
    blocks = [block for verdict in results.verdicts if (block := _case(verdict, results, look))]
    if results.problems:
        blocks.append([look.paint(words.placed(problem, "error: "), "red") for problem in results.problems])
    if not look.quiet:
        blocks.append(_end(results, look))
    elif blocks:
        blocks.append([words.closing(results.coverage)])
    return "\n".join("".join(f"{text}\n" for text in block) for block in blocks)


def _end(results: Results, look: Look) -> list[str]:
    lines = [line(words.summary(results))]
    receipts = [each.receipt for each in results.verdicts if each.receipt is not None]
    told = [f"Judged by {each.pack} {each.pack_version} with {words.engines(each)}." for each in receipts]
    told += [f"Readings: {words.options(each.readings)}." for each in receipts if each.readings]
    for text in dict.fromkeys(told):
        lines += wrap(line(text), look.width)
    return [*lines, words.closing(results.coverage)]


# --- a case -------------------------------------------------------------------


def _case(verdict: Verdict, results: Results, look: Look) -> list[str]:
    """A heading, the findings, what is left over; nothing where quiet and fine."""
    if verdict.problems:
        return [_heading(verdict, look), *(text for each in verdict.problems for text in _problem(each, verdict, look))]
    if look.quiet and not verdict_fails(verdict, results):
        return []
    lines = [_heading(verdict, look)]
    for finding in verdict.findings:
        if _wanted(finding, results, look):
            lines += ["", *_finding(finding, verdict, look)]
    return lines + [text for block in _rest(verdict, results, look) for text in ("", *block)]


def _problem(problem: Problem, verdict: Verdict, look: Look) -> list[str]:
    """What is wrong, and the line it is wrong in."""
    marks = [Mark(problem.place, "^", "", ("red", "bold"))] if problem.place else []
    return ["", words.placed(problem, "error: "), *(_MARGIN + text for text in snippet(verdict.source, marks, look))]


def _heading(verdict: Verdict, look: Look) -> str:
    day = words.judged(verdict)
    status = look.paint(verdict.status.replace("-", " "), _COLOURS.get(verdict.status, _FINE), "bold")
    return f"{look.paint(line(verdict.case), 'bold')}: {status}" + (f", {day}" if day else "")


def _wanted(finding: Finding, results: Results, look: Look) -> bool:
    if look.quiet:
        return fails(finding, results)
    return look.show_all or finding.status in words.NEEDS_ATTENTION


def _rest(verdict: Verdict, results: Results, look: Look) -> Iterator[list[str]]:
    """What is only counted, and what no rule spoke to or read."""
    if verdict.unjudged and (not look.quiet or unjudged_fail(results)):
        told = (f"{each.place}: {words.unjudged(each)}" for each in verdict.unjudged)
        yield [look.paint("Not judged:", "yellow", "bold"), *_items(told, look)]
    if look.quiet:
        return
    if verdict.not_in_force:
        told = (f"{each.place}: {words.not_in_force(each)}" for each in verdict.not_in_force)
        yield ["Not in force:", *_items(told, look)]
    if verdict.unread:
        told = (f"{each.place}: {words.fact(each)}" if each.place else words.fact(each) for each in verdict.unread)
        yield ["No rule read these facts; look for a misspelt value:", *_items(told, look)]
    if rest := [each for each in verdict.findings if not _wanted(each, results, look)]:
        yield wrap(f"Also {words.counted(words.findings_tally(rest))} (--show all tells why).", look.width)
    elif not verdict.findings and not verdict.unjudged:
        yield ["No rule of the pack speaks to this case."]


def _items(texts: Iterable[str], look: Look) -> Iterator[str]:
    for text in texts:
        yield from _hung(line(text), f"{_MARGIN}- ", f"{_MARGIN}  ", look)


def _hung(text: str, first: str, then: str, look: Look) -> Iterator[str]:
    """`text` wrapped, its first line after `first` and the others after `then`."""
    for index, part in enumerate(wrap(text, max(_NARROW, look.width - len(then)))):
        yield (first if not index else then) + part


# --- a finding ----------------------------------------------------------------


def _finding(finding: Finding, verdict: Verdict, look: Look) -> list[str]:
    lines = [*_title(finding, look), f"{_MARGIN}{look.paint('-->', 'blue')} {finding.place}"]
    lines += [_MARGIN + text for text in snippet(verdict.source, _marks(finding), look)]
    for label, told in _sections(finding, look):
        rows = list(told)
        for index, row in enumerate(rows):
            shown = look.paint(f"{label}:", "bold") + " " * (_LABEL - len(label) - 1) if not index else " " * _LABEL
            lines.append(f"{_MARGIN}{shown}{row}".rstrip())
    return lines


def _title(finding: Finding, look: Look) -> list[str]:
    kind = finding.severity if finding.status in words.NEEDS_ATTENTION else "ok"
    head = f"{kind}[{finding.rule}] {finding.status}:"
    first, *others = wrap(line(f"{head} {finding.title}"), look.width - len(_MARGIN))
    painted = look.paint(head, _COLOURS.get(finding.status, _FINE), "bold")
    return [painted + first[len(head) :] if first.startswith(head) else first, *(_MARGIN + each for each in others)]


def _marks(finding: Finding) -> list[Mark]:
    """The value that decided, and the action where it stands on another line."""
    colour = _COLOURS.get(finding.status, _FINE)
    if finding.underline is None:
        return [Mark(finding.place, "^", "", (colour, "bold"))]
    marks = [Mark(finding.underline, "^", _wanted_there(finding), (colour, "bold"))]
    if finding.place.line != finding.underline.line and finding.place.file == finding.underline.file:
        marks.append(Mark(finding.place, "-", "judged here", ("blue",)))
    return marks


def _wanted_there(finding: Finding) -> str:
    for missing in finding.missing:
        for near in missing.near:
            for test in near.failed:
                if test.place == finding.underline:
                    return f"wanted: {test.wanted}"
    return ""


def _sections(finding: Finding, look: Look) -> Iterator[tuple[str, Iterable[str]]]:
    """Label and lines, in the order a reader asks: what, who, by which law, why, what is missing, what to do."""
    room = look.width - len(_MARGIN) - _LABEL
    if what := finding.message if finding.message != finding.title else words.meaning(finding):
        yield "What", wrap(line(what), room)
    if owed := _owed(finding):
        yield "Who", wrap(owed, room)
    yield "Rule", [text for told in _law(finding) for text in wrap(line(told), room)]
    yield "Basis", wrap(line(words.basis(finding)) + ".", room)
    if why := list(_why(finding, look)):
        yield "Because", why
    if finding.sums:
        yield "Days", [text for each in finding.sums for text in wrap(line(each), room)]
    for missing in finding.missing:
        yield "Missing", list(_missing(missing, room))
    if finding.found:
        yield "Found", [text for each in finding.found for text in wrap(_placed(each), room)]
    for question in finding.questions:
        yield "Question", list(_question(question, room))
    for label, told in _outcomes(finding):
        yield label, wrap(line(told), room)


def _owed(finding: Finding) -> str:
    parts = []
    if finding.by:
        parts.append(f"owed by {finding.by}" + (f" to {finding.towards}" if finding.towards else ""))
    if finding.due and finding.due != "none":
        parts.append(f"due by {finding.due}")
    text = line(", ".join(parts))
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _law(finding: Finding) -> Iterator[str]:
    if finding.clause:
        yield words.clause(finding.clause, finding.clause_says)
    for cite in finding.cites:
        yield f"Source {cite.source}: “{cite.quote}”." if cite.quote else f"Source {cite.source}."
    yield f"Written at {finding.rule_place}."


def _outcomes(finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.status == "contested" or (finding.readings and finding.reading_note):
        yield "Readings", _readings(finding)
    if finding.excused_by:
        yield "Excused", f"By {finding.excused_by}."
    if finding.overridden_by:
        yield "Displaced", f"By {', '.join(finding.overridden_by)}."
    if finding.repaired_by:
        done = "; ".join(map(_placed, finding.repaired_by))
        yield "Repaired", f"Later, by {done}. The breach stands."
    if finding.then_owes:
        yield "Follows", f"This breach calls for {', '.join(finding.then_owes)}."
    if finding.horizon:
        yield "Horizon", f"Nothing was worked out beyond {finding.horizon}."
    if finding.remedy and finding.status in words.NEEDS_ATTENTION:
        yield "Remedy", finding.remedy


def _readings(finding: Finding) -> str:
    parts = [f"By default this is {finding.default_status}."]
    parts += [f"It would be {each.status} if {words.options(each.change)}." for each in finding.readings]
    if finding.status == "contested":
        parts.append("Careful lawyers differ on it.")
    return " ".join(parts)


def _placed(view: FactView) -> str:
    return _with_place(words.fact(view), view.place)


def _with_place(text: str, place: object) -> str:
    return text if place is None else f"{text}, at {place}"


def _missing(missing: Missing, room: int) -> Iterator[str]:
    yield from wrap(line(missing.pattern), room)
    for near in missing.near:
        told = f"near miss: {_with_place(words.name_of(near.fact), near.fact.place)}"
        yield from (f"  {text}" for text in wrap(told, room - 2))
        for test in near.failed:
            yield from (f"    {text}" for text in wrap(words.failed_test(test), max(_NARROW, room - 4)))


def _question(question: Ask, room: int) -> Iterator[str]:
    asked = line(question.ask)
    yield from wrap(_with_place(asked[:1].upper() + asked[1:], question.place), room)
    for answer in question.answers:
        yield from (f"  {text}" for text in wrap(line(f"{answer.answer}: then {answer.status}"), room - 2))


# --- why ----------------------------------------------------------------------


def _why(finding: Finding, look: Look) -> Iterator[str]:
    """The derivation as a tree."""
    deepest = _DEEPEST_SHOWN if look.show_all else _DEEPEST
    for node in finding.because:
        yield from _reason(node, 0, deepest, look)


def _reason(node: Derivation, level: int, deepest: int, look: Look) -> Iterator[str]:
    if not isinstance(node, DerivedFact):
        stated = f"stated at {node.fact.place}" if node.fact.place else "part of the agreement itself"
        yield from _told(f"{words.fact(node.fact)}, {stated}", "- ", level, look)
        return
    sure = "may follow" if node.possible else "follows"
    told = f"{words.fact(node.fact)}, which {sure} from {node.rule} ({node.title})"
    yield from _told(line(told + (", told above" if node.again else "")), "- ", level, look)
    for each in node.sums:
        yield from _told(line(each), "  ", level + 1, look)
    if level + 1 < deepest:
        for child in node.because:
            yield from _reason(child, level + 1, deepest, look)
    elif node.because:
        more = f"{words.plural(steps(node.because), 'more step')}"
        yield from _told(more if look.show_all else f"{more} (--show all tells them)", "- ", level + 1, look)


def _told(text: str, sign: str, level: int, look: Look) -> Iterator[str]:
    indent = "  " * level
    room = max(_NARROW, look.width - len(_MARGIN) - _LABEL - len(indent) - len(sign))
    for index, part in enumerate(wrap(text, room)):
        yield indent + (sign if not index else " " * len(sign)) + part

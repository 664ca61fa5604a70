"""What stands behind the findings of a run: readings, the register of clauses, the works cited, who judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from checker.model import Clause, Question, text_in
from checker.report import suppressed, text, words
from checker.report.html_parts import Sheet, items, lines, rows
from checker.report.page import Html, chip, link, prose, tag, together
from checker.verdict import NOT_KNOWN, Finding, Receipt


def _shown(sheet: Sheet) -> list[tuple[str, str, Finding]]:
    """Every finding that is shown: the pack it is of, the id it has on the page, and the finding."""
    return [
        (verdict.receipt.pack, name, each)
        for verdict, told in zip(sheet.results.verdicts, sheet.told, strict=True)
        if verdict.receipt is not None
        for name, each in told
    ]


def _name(pack: str, name: str, sheet: Sheet) -> Html:
    """An id of a pack; with that of the pack where the run has several."""
    own = tag("code", name)
    return together([own, " ", tag("small", pack)]) if len(sheet.results.packs) > 1 else own


# --- readings ---------------------------------------------------------------------------


def readings(sheet: Sheet) -> Html:
    """Each question that was settled one way, how else it could be, and what hangs on it."""
    taken = {
        (receipt.pack, question, option): None for receipt in _receipts(sheet) for question, option in receipt.readings
    }
    shown = _shown(sheet)
    told = sorted((_reading(key, shown, sheet) for key in taken), key=lambda row: not row[-1])  # what matters first
    heads = (sheet.say("Question"), sheet.say("Judged by"), sheet.say("Otherwise"), sheet.say("What would change"))
    return rows(heads, told, class_="cards wide") if told else Html()


def _reading(key: tuple[str, str, str], shown: list[tuple[str, str, Finding]], sheet: Sheet) -> tuple[Html, ...]:
    pack, name, option = key
    question = sheet.results.questions.get((pack, name))
    asked = text_in(question.ask, sheet.results.language) if question else ""
    others = [each for each in question.options if each != option] if question else []
    changing = [
        (anchor, finding)
        for of_pack, anchor, finding in shown
        if of_pack == pack and any(name in dict(each.change) for each in finding.readings)
    ]
    return (
        lines((_name(pack, name, sheet), prose(asked))),
        _option(question, option, sheet),
        lines(_option(question, each, sheet) for each in others),
        lines(_change(name, anchor, finding, sheet) for anchor, finding in changing),
    )


def _option(question: Question | None, name: str, sheet: Sheet) -> Html:
    says = text_in(question.options.get(name, {}), sheet.results.language) if question else ""
    return together([tag("code", name), " ", says])


def _change(question: str, anchor: str, finding: Finding, sheet: Sheet) -> Html:
    """The finding, and what it would be under the changes that this question is part of."""
    told = [
        sheet.say(
            "{readings}: {status}", readings=words.options(each.change), status=words.status(each.status, sheet.speech)
        )
        for each in finding.readings
        if question in dict(each.change)
    ]
    return together([tag("a", finding.title, href=f"#{anchor}"), tag("div", lines(told), class_="soft")])


# --- clauses ----------------------------------------------------------------------------


def clauses(sheet: Sheet) -> Html:
    """What is known of the agreement, how far rules cover it, and where findings are."""
    known = [(pack, each) for (pack, _), each in sheet.results.clauses.items()]
    if not known:
        return Html()
    found = Counter((pack, each.clause) for pack, _, each in _shown(sheet))
    say, coverage = sheet.say, sheet.results.coverage
    lead = say("{covered}.", covered=words.uncovered(coverage.clauses, coverage.not_covered, sheet.speech))
    heads = (say("Clause"), say("What is known of it"), say("Rules"), say("Findings"))
    table = rows(heads, [_clause(pack, each, found[pack, each.id], sheet) for pack, each in known], class_="cards wide")
    return together([tag("p", lead, class_="lead"), table])


def _clause(pack: str, clause: Clause, found: int, sheet: Sheet) -> tuple[Html | str, ...]:
    language = sheet.results.language
    known = clause.says.get("en") not in (None, NOT_KNOWN)
    says = text_in(clause.says, language) if known else sheet.say("Its text is not known.")
    why = text_in(clause.why, language)
    basis = words.basis_in_words(clause.basis, sheet.speech) if known else ""
    return (
        _name(pack, clause.id, sheet),
        lines((prose(says), *(tag("small", prose(each)) for each in (why, basis) if each))),
        chip(sheet.say(words.ENCODED[clause.encoded]), clause.encoded) if clause.encoded in words.ENCODED else "",
        str(found) if found else "",
    )


# --- works cited, waivers, who judged ------------------------------------------------------


def sources(sheet: Sheet) -> Html:
    """The works cited in what is shown, each once, and what they are worth."""
    cited = {(pack, cite.source) for pack, _, each in _shown(sheet) for cite in each.cites}
    told = []
    for key in sorted(cited & sheet.results.sources.keys()):
        source = sheet.results.sources[key]
        title = link(source.url, source.title) if source.url else source.title
        told.append((tag("code", source.id), title, words.basis_in_words(source.basis, sheet.speech)))
    heads = (sheet.say("Source"), sheet.say("Title"), sheet.say("Basis"))
    return rows(heads, told, class_="cards wide") if told else Html()


def idle(sheet: Sheet) -> Html:
    """Waivers and entries of the baseline that serve nothing."""
    unused = suppressed.idle(sheet.results, sheet.speech)
    if not unused or sheet.look.quiet:
        return Html()
    head = tag("p", sheet.say("These waivers and baseline entries do nothing:"))
    return tag("div", head, items(unused), class_="rest")


def _receipts(sheet: Sheet) -> Iterator[Receipt]:
    yield from (each.receipt for each in sheet.results.verdicts if each.receipt is not None)


def receipt(sheet: Sheet) -> Html:
    """By which packs, engines and waivers; and the hashes by which packs and cases can be told."""
    say = sheet.say
    judged = items(text.judged_by(sheet.results, sheet.speech))
    packs = {(f"{each.pack} {each.pack_version}", each.pack_sha256): None for each in _receipts(sheet)}
    hashes = [(tag("span", name), tag("code", digest)) for name, digest in packs]
    hashes += [(tag("span", each.case), tag("code", each.sha256)) for each in sheet.results.verdicts if each.sha256]
    checkers = sorted({each.checker for each in _receipts(sheet)})
    told = tag("p", say("Checked with {program}.", program=f"servanda {', '.join(checkers)}")) if checkers else None
    table = rows((say("File"), "SHA-256"), hashes, class_="cards") if hashes else None
    folded = tag("details", tag("summary", say("Hashes of the pack and of the cases")), table) if table else None
    return together(filter(None, (judged, told, folded))) if hashes or sheet.results.verdicts else Html()

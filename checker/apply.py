"""A remedy applied: the changed case, written to a file beside the one that was judged."""

from __future__ import annotations

from pathlib import Path

from checker.errors import CaseError, UsageError, quoted
from checker.load import Limits, load
from checker.outputs import reason, write_new
from checker.results import Results
from checker.sources import STDIN, CaseSource
from checker.splice import spliced

FLAG = "--apply-remedy"


def apply_remedy(results: Results, sources: tuple[CaseSource, ...], number: int, limits: Limits) -> str:
    """Write the one case of a run as its remedy of this number changes it: for `case.yaml` to `case.remedy-1.yaml`.

    The new file is named; UsageError where there is no such remedy, or the file is there already or can't be written,
    SpliceError where the text can't be changed so.
    """
    source = _source(results, sources)
    remedies = [remedy for finding in results.verdicts[0].findings for remedy in finding.remedies]
    steps = next((remedy.change for remedy in remedies if remedy.number == number), None)
    if steps is None:
        known = f"it has {len(remedies)}, counted from 1" if remedies else "it has none"
        message = f"{FLAG}: the case has no remedy {number}; {known}"
        raise UsageError(message)
    raw = source.content or b""
    (document,) = load(raw, source.name, error=CaseError, limits=limits, format=source.format)
    path = Path(source.name)
    target = path.with_name(f"{path.stem}.remedy-{number}{path.suffix}")
    content = spliced(document, raw, steps, limits=limits, format=source.format)
    try:
        write_new(target, content)
    except OSError as error:
        why = "it is there already" if isinstance(error, FileExistsError) else reason(error)
        message = f"{FLAG}: can't write {quoted(target)}: {why}"
        raise UsageError(message) from None
    return str(target)


def _source(results: Results, sources: tuple[CaseSource, ...]) -> CaseSource:
    """The file of the one case there is."""
    count = len(results.verdicts) + len(results.problems)
    if count != 1 or len(sources) != 1:
        message = f"{FLAG}: one case in a file of its own is wanted, not {count}"
        raise UsageError(message)
    if sources[0].name == STDIN:
        message = f"{FLAG}: a case from standard input has no file to write beside; name the file"
        raise UsageError(message)
    return sources[0]

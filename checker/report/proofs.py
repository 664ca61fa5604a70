"""What became of a pack's properties, a sentence each, for people."""

from __future__ import annotations

from collections.abc import Iterator

from checker.lint.solved.proofs import Proof
from checker.model import Pack, text_in
from checker.terminal import Look, line, shown, wrap

_INDENT = "    "


def render(pack: Pack, proofs: tuple[Proof, ...], look: Look) -> str:
    """Each property with what was found; a test where one breaks it."""
    lines = [f"{pack.id} {pack.version}: {len(proofs)} propert{'y' if len(proofs) == 1 else 'ies'} under `always:`"]
    for proof in proofs:
        lines += _told(proof, pack, look)
    return "".join(f"{each}\n" for each in lines)


def _told(proof: Proof, pack: Pack, look: Look) -> Iterator[str]:
    head = f"{proof.property.id}: {text_in(proof.property.title, 'en')}"
    yield from (f"  {each}" for each in wrap(line(head), look.width - 2))
    tried = f"cases of at most {proof.facts} facts on {proof.days} days"
    if proof.failed:
        yield f"{_INDENT}{look.paint('not looked into', 'yellow')}: {proof.failed}"
    elif proof.witness is None:
        yield f"{_INDENT}{look.paint('holds', 'green')} in all {tried}"
    else:
        yield f"{_INDENT}{look.paint('does not hold', 'red')}; this keeps the rules and breaks it:"
        yield from (f"{_INDENT}  {shown(each)}" for each in proof.test(pack).splitlines())

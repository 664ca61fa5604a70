"""Checks that need a solver. The solver is an extra, and imported when a program is put to it."""

from __future__ import annotations

from importlib.util import find_spec

SOLVER = "clingo"
INSTALL = "pip install 'servanda[prove]'"


def is_installed() -> bool:
    """Whether the solver can be imported here."""
    return find_spec(SOLVER) is not None

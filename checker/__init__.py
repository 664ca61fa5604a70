"""Servanda: does a proposed action keep an agreement, why not, and what would.

The public names are those of `__all__`. They are imported when first asked for, so
that `servanda --version` costs no more than the command line itself.
"""

from importlib import import_module

_WHERE = {
    "CaseError": "errors",
    "CheckerError": "errors",
    "EngineError": "errors",
    "Finding": "verdict",
    "OpenPack": "judging",
    "PackError": "errors",
    "Place": "errors",
    "Problem": "errors",
    "UsageError": "errors",
    "Verdict": "verdict",
    "__version__": "version",
    "check": "api",
    "load_pack": "api",
}
__all__ = sorted(_WHERE)  # noqa: PLE0605  # a list of names, made from the table above


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        message = f"module 'checker' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"checker.{_WHERE[name]}"), name)

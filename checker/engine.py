"""durable-rules behind its fence. Only this module imports it, and only through six functions of its C interface.

What is kept here: a tick that fires and is drained first (a session in which nothing
ever fired frees memory it does not own when it is dropped); facts one by one with
every status checked; our own short ids; integers only; a session deleted whatever
happens; rulesets freed with whoever made them. What must be kept in the rules that
come here is `program`'s: a type test first, tests on integers, a sentinel last.
"""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Protocol, cast

from checker.errors import EngineError

SENTINEL = {"$and": [{"$ex": {"k": 1}}]}
_TICK = '{"id":"f0","sid":"%s","k":0}'
_ACCEPTED, _UNREAD = 0, 1
_names = count(1)
_sessions = count(1)


class _Api(Protocol):
    """The part of the engine's C interface that is used."""

    def create_ruleset(self, name: str, definition: str) -> int: ...
    def assert_fact(self, handle: int, fact: str) -> tuple[int, int]: ...
    def start_action_for_state(self, handle: int, state: int) -> tuple[str, str] | None: ...
    def complete_and_start_action(self, handle: int, state: int) -> str | None: ...
    def delete_state(self, handle: int, sid: str) -> None: ...
    def delete_ruleset(self, handle: int) -> None: ...


@lru_cache(maxsize=1)
def _api() -> _Api | None:
    try:
        import durable_rules_engine  # noqa: PLC0415 - costs a shared library; only judging needs it
    except ImportError:
        return None
    return cast("_Api", durable_rules_engine)


def available() -> bool:
    """Whether durable-rules imports here."""
    return _api() is not None


@lru_cache(maxsize=1)
def version() -> str | None:
    """Its name and version, or None where it does not import.

    The version is read off the folder of its metadata: the library for that costs more than a check.
    """
    api = _api()
    if api is None:
        return None
    beside = Path(str(getattr(api, "__file__", ""))).parent
    found = sorted(path.name for path in beside.glob("durable_rules-*.*-info"))  # or .egg-info
    told = found[-1].removesuffix(".dist-info").split("-")[1] if found else "of unknown version"
    return f"durable-rules {told}"


class Ruleset:
    """Rules compiled by the engine, for any number of sessions one after another."""

    def __init__(self, rules: Mapping[str, object]) -> None:
        """Compile the rules, and one for the tick."""
        api = _api()
        if api is None:
            message = "durable-rules does not import here"
            raise EngineError(message)
        tick = {"all": [{"m0": {"$and": [{"k": 0}, SENTINEL]}}]}
        self._text = json.dumps({"t": tick, **rules})
        self._api = api
        try:
            self.handle = api.create_ruleset(f"r{next(_names)}", self._text)
        except Exception as error:
            message = f"durable-rules refuses the compiled rules: {error}"
            raise EngineError(message) from error
        weakref.finalize(self, api.delete_ruleset, self.handle)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that is gone when the block ends."""
        sid = f"s{next(_sessions)}"
        session = Session(self._api, self.handle, sid)
        session.begin()  # a session in which nothing fired must not be dropped, so it stands outside
        try:
            yield session
        finally:
            self._api.delete_state(self.handle, sid)
            if _calls is not None:
                _calls.append(("delete", self.handle, sid))


class Session:
    """One working memory."""

    def __init__(self, api: _Api, handle: int, sid: str) -> None:
        """Begin with nothing; `begin` ticks."""
        self._api, self._handle, self._sid = api, handle, sid
        self._state = 0

    def begin(self) -> None:
        """Let the tick fire, so that the session may be dropped whatever else fires."""
        self._put(_TICK % self._sid)
        if not list(self.drain()):
            message = "durable-rules did not fire the rule every session begins with"
            raise EngineError(message)

    def put(self, number: int, fact: Mapping[str, int]) -> None:
        """Assert a fact under an id of ours."""
        body = ",".join([f'"{name}":{value}' for name, value in fact.items()])
        self._put(f'{{"id":"f{number}","sid":"{self._sid}",{body}}}')

    def _put(self, text: str) -> None:
        try:
            status, self._state = self._api.assert_fact(self._handle, text)
        except Exception as error:
            message = f"durable-rules refuses a fact: {error}"
            raise EngineError(message) from error
        if _calls is not None:
            _calls.append(("put", self._handle, text))
        if status not in (_ACCEPTED, _UNREAD):
            message = f"durable-rules did not take a fact (status {status})"
            raise EngineError(message)

    def drain(self) -> Iterator[tuple[str, Sequence[int]]]:
        """Every firing: the rule, and the numbers of the facts in the order of its patterns."""
        started = self._api.start_action_for_state(self._handle, self._state)
        message = started[1] if started else None
        if _calls is not None:
            _calls.append(("drain", self._handle, self._sid))
        while message:
            ((rule, facts),) = json.loads(message).items()
            yield rule, [int(facts[f"m{index}"]["id"][1:]) for index in range(len(facts))]
            message = self._api.complete_and_start_action(self._handle, self._state)


# --- for benchmarks ---------------------------------------------------------------

_calls: list[tuple[str, int, str]] | None = None


@contextmanager
def recording() -> Iterator[list[tuple[str, int, str]]]:
    """Write down every call while the block runs, to `replay` the sessions bare."""
    global _calls  # noqa: PLW0603 - a benchmark's switch
    _calls = []
    try:
        yield _calls
    finally:
        _calls = None


def replay(calls: Sequence[tuple[str, int, str]]) -> None:
    """The recorded sessions again, with nothing around the engine's own calls."""
    api = cast("_Api", _api())
    state = 0
    for what, handle, text in calls:
        if what == "put":
            _, state = api.assert_fact(handle, text)
        elif what == "delete":
            api.delete_state(handle, text)
        else:
            message = api.start_action_for_state(handle, state)
            while message:
                message = api.complete_and_start_action(handle, state)  # type: ignore[assignment]  # text or None

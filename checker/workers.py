"""Processes that judge parts of a run side by side; parts come back in the order in which they were handed out.

Each is started afresh, opens its packs itself and is handed little more than it can hold, so memory is bounded however
many cases there are. One that dies (killed, out of memory) is replaced: what it held is judged again, source by source,
and only the source that kills its judge a second time has no answer.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.resource_tracker import ensure_running
from traceback import print_exception
from typing import NamedTuple, TypeAlias

from checker.errors import TRACEBACK, CheckerError, EngineError
from checker.judge import Judge
from checker.parts import Order, Part
from checker.sources import Piece

Chunk: TypeAlias = "tuple[Piece, ...]"
_Key: TypeAlias = "tuple[int, int]"  # of what is judged at once: the number of its chunk, and which source of it
_AHEAD = 8  # chunks for each process that may be done before the first of them is
_LAST_BREATH = 1  # seconds between the end of what a process tells and its own
_STOPPING = (signal.SIGINT, signal.SIGTERM)
_CONTEXT = get_context("spawn")  # a forked process would share the engine's state


def parts(judge: Judge, chunks: Iterator[Chunk], processes: int) -> Iterator[Part]:
    """The chunks judged by so many processes, in their order; `judge` speaks for those who did not survive."""
    crew = _Crew(judge, chunks, processes)
    try:
        yield from crew.parts()
    finally:
        crew.end()


class Answer(NamedTuple):
    """What became of a chunk: its parts as far as it was judged, and what ended the run there."""

    parts: list[Part]
    refusal: CheckerError | None = None


class _Worker:
    """A process, and what it has been handed and not answered yet: never more, so that neither waits for the other."""

    def __init__(self, order: Order) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self.held: tuple[_Key, Chunk] | None = None
        self.process = _CONTEXT.Process(target=_work, args=(order, theirs), daemon=True)
        ensure_running()  # of the tracker that comes with the first process: to start it lets the signals in again
        with _signals_held():  # and so the process never gets them: this one decides what becomes of it
            self.process.start()
        theirs.close()

    def hand(self, key: _Key, chunk: Chunk) -> None:
        self.held = key, chunk
        with suppress(OSError):  # it is dead; whoever listens to it finds out
            self.pipe.send(chunk)

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class _Crew:
    """The workers, what is still to be judged, and what is judged and not told yet."""

    def __init__(self, judge: Judge, chunks: Iterator[Chunk], processes: int) -> None:
        self.judge = judge
        self.chunks = chunks
        self.processes = processes
        self.workers: list[_Worker] = []
        self.again: deque[tuple[_Key, Piece]] = deque()  # what one who died held: judged again, source by source
        self.sizes: dict[int, int] = {}  # of the chunks that are judged so
        self.done: dict[_Key, Answer] = {}
        self.handed = 0  # chunks
        self.told: _Key = (0, 0)  # what is told next
        self.any_ready = False
        self.stillborn = 0  # who died before any was ready

    def end(self) -> None:
        for each in self.workers:
            each.end()

    def parts(self) -> Iterator[Part]:
        for _ in range(self.processes):
            self.workers.append(_Worker(self.judge.order))
        self._feed()
        while busy := {each.pipe: each for each in self.workers if each.held is not None}:
            for pipe in wait([*busy]):
                self._hear(next(worker for each, worker in busy.items() if each is pipe))
            while (told := self.done.pop(self.told, None)) is not None:
                yield from told.parts
                if told.refusal is not None:
                    raise told.refusal
                number, which = self.told
                self.told = (number, which + 1) if which + 1 < self.sizes.get(number, 1) else (number + 1, 0)
            self._feed()

    def _feed(self) -> None:
        """Hand each who is idle the next: what is judged again comes first."""
        for worker in self.workers:
            if worker.held is not None:
                continue
            if self.again:
                key, piece = self.again.popleft()
                worker.hand(key, (piece,))
            elif self.handed - self.told[0] < self.processes * _AHEAD and (chunk := next(self.chunks, None)):
                worker.hand((self.handed, 0), chunk)
                self.handed += 1

    def _hear(self, worker: _Worker) -> None:
        """Take what it has to tell: that it is ready or can't be, an answer, or by its silence that it is dead."""
        try:
            told: Answer | CheckerError | None = worker.pipe.recv()
        except (EOFError, OSError):
            self._replace(worker)
            return
        if isinstance(told, CheckerError):
            raise told
        self.any_ready = True
        if told is not None and worker.held is not None:
            self.done[worker.held[0]] = told
            worker.held = None

    def _replace(self, worker: _Worker) -> None:
        """Put another in its place; what it held is tried again, or given up where it had been tried alone."""
        worker.process.join(_LAST_BREATH)  # before it is killed for good, so that how it ended is its own end
        worker.end()
        why = _why(worker.process.exitcode)
        self.stillborn += not self.any_ready
        if self.stillborn > self.processes and not self.any_ready:
            message = f"the processes that should judge do not start: one {why}; use `--jobs 1`"
            raise EngineError(message)
        self.workers[self.workers.index(worker)] = _Worker(self.judge.order)
        if worker.held is None:
            return
        (number, which), chunk = worker.held
        if number in self.sizes:
            told = f"no answer: the process that judged this {why}; did it need more memory than there is?"
            self.done[number, which] = Answer([self.judge.lost(chunk[0], told)])
        else:
            self.sizes[number] = len(chunk)
            self.again.extend(((number, each), piece) for each, piece in enumerate(chunk))


def _why(status: int | None) -> str:
    """How a process ended."""
    return (
        f"was killed by {signal.Signals(-status).name}"
        if status is not None and status < 0
        else f"ended with status {status}"
    )


def _work(order: Order, pipe: Connection) -> None:
    """What a process does: say that it is ready, and judge chunk after chunk until nobody hands it another."""
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            judge = Judge(order)
        except Exception as error:  # noqa: BLE001 - whatever it was, the run ends as with one process
            pipe.send(_refusal(error))
            return
        pipe.send(None)
        while True:
            pipe.send(_answer(judge, pipe.recv()))


def _answer(judge: Judge, chunk: Chunk) -> Answer:
    answer = Answer([])
    try:
        for piece in chunk:
            answer.parts.append(judge.part(piece))
    except Exception as error:  # noqa: BLE001 - likewise
        return answer._replace(refusal=_refusal(error))
    return answer


def _refusal(error: Exception) -> CheckerError:
    """What ends a run, as it can be handed to another process."""
    if isinstance(error, CheckerError):
        return error
    if TRACEBACK in os.environ:
        print_exception(error)
    return EngineError(f"the checker itself failed: {type(error).__name__}: {error}")


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold back what stops a run; a process started meanwhile holds it back for ever."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

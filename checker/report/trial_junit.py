"""JUnit XML of a run of tests: each file a suite, each test a test case by its title."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from checker.report import words
from checker.report.junit_xml import Suite, Test, document
from checker.report.trial import failure
from checker.testing import Ran, TestResults


def render(results: TestResults) -> str:
    """The whole file. What belongs to no test (that none was found) is an error of a suite of its own."""
    files = groupby(results.ran, key=lambda ran: ran.test.place.file)
    suites = [Suite(file, [*map(_test, ran)]) for file, ran in files]
    return document("servanda test", [*suites, *_without_a_test(results)])


def _test(ran: Ran) -> Test:
    number = ran.test.name.removeprefix(ran.test.place.file)
    name = " ".join(filter(None, (number, ran.test.title))) or ran.test.place.file
    where = str(Path(ran.test.place.file).with_suffix(""))  # what shows classes takes a dot for the end of a package
    test = Test(name, where, "passed", time=f"{ran.seconds:.3f}")
    if ran.problems:
        told = "\n".join(words.placed(problem, "") for problem in ran.problems)
        return test._replace(result="error", type="unreadable", message=ran.problems[0].message, body=told)
    if ran.failures:
        told = "\n".join(map(failure, ran.failures))
        return test._replace(result="failure", type="expectation", message=ran.failures[0].message, body=told)
    return test


def _without_a_test(results: TestResults) -> Iterator[Suite]:
    if not results.ran:
        for problem in results.problems:
            yield Suite("servanda test", [Test("tests", "servanda", "error", "unreadable", problem.message)])

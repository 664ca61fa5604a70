"""JUnit's XML, as Jenkins, GitLab and the others read it: suites of test cases, and what came of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple
from xml.etree import ElementTree as ET

from checker.terminal import line, shown

Result = Literal["passed", "failure", "error", "skipped"]


class Test(NamedTuple):
    """One test case. `type` is a word for programs, `message` one line, `body` the rest; '' where it passed."""

    name: str
    classname: str
    result: Result
    type: str = ""
    message: str = ""
    body: str = ""
    time: str = ""  # seconds, where they were measured


class Suite(NamedTuple):
    """Test cases that belong together, and what is to be known of them all."""

    name: str
    tests: Sequence[Test]
    properties: Sequence[tuple[str, str]] = ()


def document(name: str, suites: Sequence[Suite]) -> str:
    """The whole file. Characters that XML can't hold, and those that steer a terminal, stand in it escaped."""
    root = ET.Element("testsuites", {"name": line(name), **_counts(test for suite in suites for test in suite.tests)})
    del root.attrib["skipped"]  # which the schema knows of a suite, and not of all of them
    for suite in suites:
        _suite(root, suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _counts(tests: Iterable[Test]) -> dict[str, str]:
    found = Counter(test.result for test in tests)
    return {
        "tests": str(found.total()),
        "failures": str(found["failure"]),
        "errors": str(found["error"]),
        "skipped": str(found["skipped"]),
    }


def _suite(root: ET.Element, suite: Suite) -> None:
    node = ET.SubElement(root, "testsuite", {"name": line(suite.name), **_counts(suite.tests)})
    if suite.properties:
        properties = ET.SubElement(node, "properties")
        for name, value in suite.properties:
            ET.SubElement(properties, "property", {"name": line(name), "value": line(value)})
    for test in suite.tests:
        _test(node, test)


def _test(suite: ET.Element, test: Test) -> None:
    named = {"name": line(test.name), "classname": line(test.classname)}
    node = ET.SubElement(suite, "testcase", {**named, "time": test.time} if test.time else named)
    if test.result == "passed":
        return
    came = ET.SubElement(node, test.result, {"type": line(test.type), "message": line(test.message)})
    came.text = "\n".join(map(shown, test.body.split("\n"))) or None

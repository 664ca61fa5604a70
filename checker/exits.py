"""The statuses that the program ends with: the contract with whatever called it."""

from __future__ import annotations

PASSED = 0  # everything was read and judged, and nothing fails
FAILED = 1  # something does
NO_ANSWER = 2  # something could not be read, judged or written
INTERRUPTED = 130  # nobody knows

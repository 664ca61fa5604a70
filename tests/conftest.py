"""What all tests share: a cache of their own, and chance that a gate can repeat."""

from __future__ import annotations

import os
import tempfile

from hypothesis import settings

os.environ["LC_ALL"] = "C.UTF-8"  # a report's language follows the locale; the tests expect English

# None of the tests reads or leaves anything in the user's cache.
os.environ["SERVANDA_CACHE"] = tempfile.mkdtemp(prefix="servanda-tests-")

# A busy machine is no failure, and the gate says the same of the same commit; by hand, chance goes on looking.
settings.register_profile("servanda", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("servanda")

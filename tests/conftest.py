"""What all tests share: a cache of their own, so that none of them reads or leaves anything in the user's."""

from __future__ import annotations

import os
import tempfile

os.environ["SERVANDA_CACHE"] = tempfile.mkdtemp(prefix="servanda-tests-")

"""How property tests are tried: the same examples each time, so that main is green or red by what changed alone.

``HYPOTHESIS_PROFILE=search scripts/test`` looks for new ones, many of them; what it finds becomes a test.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Nothing depends on how fast the machine is
_patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)

settings.register_profile("repeatable", _patient, derandomize=True, database=None)
settings.register_profile("search", _patient, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

from __future__ import annotations

from hypothesis import settings

# Two noisy cores in CI: a slow example is no failure, and no test here is about time.
settings.register_profile("drivers", deadline=None)
settings.load_profile("drivers")

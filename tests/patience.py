"""How long tests wait for what comes in the end: a machine that does other things too is slow, not wrong."""

from typing import Final

PATIENCE_S: Final = 180.0
PATIENCE_MS: Final = 1000.0 * PATIENCE_S

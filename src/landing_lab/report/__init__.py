"""Tables, figures and pages; formats results, computes none.

The room may be called: `landing_lab.report(result, "out/")` writes a report. The public function and this
package share a name, and whichever is imported last would hide the other; so both answer the call.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _CallableRoom(ModuleType):
    def __call__(self, *args: Any, **settings: Any) -> Any:
        """See `landing_lab.report.write.report`."""
        from landing_lab.report.write import report

        return report(*args, **settings)


sys.modules[__name__].__class__ = _CallableRoom

"""What every notebook promises its reader, seen in its source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import jupytext
import pytest

import landing_lab as ll

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
SOURCES = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.py"))
# A device is a file that imports the driver's contract: this notebook shows how one is written, emulated, recorded and
# calibrated, as CONTRIBUTING.md ("Add a device") says.
CONTRACT = {
    "08_your_own_device_and_metric.py": {
        "from landing_lab.acquire.session", "from landing_lab.errors", "from landing_lab.model.blocks",
        "from landing_lab.model.calibration", "from landing_lab.model.device", "from landing_lab_drivers.blocks",
        "from landing_lab_drivers.counters", "from landing_lab_drivers.devices", "from landing_lab_drivers.emulator",
        "from landing_lab_drivers.port", "from landing_lab_drivers.wire",
    },
}  # fmt: skip


def cells(source: Path) -> list[tuple[str, str]]:
    """Kind and text of each cell that holds something."""
    notebook = jupytext.read(source)
    return [(cell.cell_type, cell.source) for cell in notebook.cells if cell.source.strip()]


def code_of(source: Path) -> str:
    return "\n".join(text for kind, text in cells(source) if kind == "code")


def imported(tree: ast.AST) -> list[str]:
    """Modules as they are imported, with the name they get: `landing_lab as ll`, `from x import y`."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [f"{alias.name} as {alias.asname or alias.name}" for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            found += [f"from {node.module}"]
    return found


def complaints(source: Path) -> list[str]:
    """All that a source does which a notebook must not."""
    kinds, code = cells(source), code_of(source)
    tree = ast.parse(re.sub(r"^[!%]", "# ", code, flags=re.MULTILINE))
    ours = [name for name in imported(tree) if re.match(r"(from )?landing_lab", name)]
    others = sorted(set(ours) - {"landing_lab as ll"} - CONTRACT.get(source.name, set()))
    attributes = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)]
    public = {n.attr for n in attributes if n.value.id == "ll"}
    last_code = [text for kind, text in kinds if kind == "code"][-1]
    after_picture = code[code.rfind("plot") :]
    checks = {
        "begins with a cell of text and a title": kinds[0][0] == "markdown" and kinds[0][1].startswith("# "),
        "says in its first cell what is needed": "need" in kinds[0][1].lower(),
        "imports landing_lab as ll": "landing_lab as ll" in ours,
        f"imports nothing else of the package, not {others}": not others,
        f"uses public names only, not {sorted(public - set(ll.__all__))}": public <= set(ll.__all__),
        "ends with an assert before the sentence it prints": "assert" in last_code and "print(" in last_code,
        "prints last": kinds[-1][0] == "markdown" or last_code.strip().splitlines()[-1].endswith(")"),
        "draws before it": "plot" in code and "assert" in after_picture,
        "takes random numbers from a seeded generator": "default_rng()" not in code and "np.random.seed" not in code,
        "names no folder of this machine": not re.search(r"[\"'](/|~/|[A-Z]:\\\\)", code),
        "installs nothing": not re.search(r"^[!%]|pip install|subprocess|os\.system", code, re.MULTILINE),
        "leaves warnings on": "filterwarnings" not in code and "simplefilter" not in code,
    }
    return [f"{source.name} should be one that {says}" for says, holds in checks.items() if not holds]


def test_there_are_notebooks() -> None:
    assert SOURCES
    assert len({source.name[:2] for source in SOURCES}) == len(SOURCES)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_notebook_keeps_its_promises(source: Path) -> None:
    assert complaints(source) == []


BAD = """# %% [markdown]
# Something without a title

# %%
import numpy as np
import landing_lab as ll
from landing_lab.calibrate.counts import newton
# !pip install something
ll.secret(np.random.default_rng().normal())
open("/home/me/file")

# %%
print("The plot is nice.")
"""


def test_a_notebook_that_breaks_promises_is_told(tmp_path: Path) -> None:
    source = tmp_path / "10_bad.py"
    source.write_text(BAD, encoding="utf-8")
    told = "\n".join(complaints(source))
    for word in ("title", "needed", "nothing else", "secret", "assert", "seeded", "folder", "installs"):
        assert word in told

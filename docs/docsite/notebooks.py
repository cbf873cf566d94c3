"""The notebooks as pages: executed ones from build/notebooks, and a gallery of what each of them draws."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, Final

from docsite.assemble import write_if_new

PLACE: Final = "tutorials/notebooks"

OPENING: Final = """# Notebooks

Each notebook runs from nothing to a picture and a sentence that you can check, in less than a minute. They are plain Python files in `notebooks/` of the repository; `make lab` opens them in JupyterLab, and `make notebooks` executes all of them from scratch.

"""  # noqa: E501
NONE: Final = """```{note}
These pages were built without the notebooks. `make docs` executes them first and shows them here with their results; `make notebooks` only executes them, into `build/notebooks`.
```
"""  # noqa: E501


def notebook_pages(executed: Path | None, target: Path) -> list[Path]:
    """Copy executed notebooks into the sources of the site and write their gallery; what was written."""
    books = sorted(executed.glob("[0-9]*.ipynb")) if executed is not None and executed.is_dir() else []
    folder = target / PLACE
    written = []
    cards = []
    for path in books:
        content = json.loads(path.read_text(encoding="utf-8"))
        for cell in content["cells"]:
            cell.get("metadata", {}).pop("execution", None)  # times of the run: pages would never be the same twice
        content["metadata"].pop("widgets", None)
        copy = folder / path.name
        write_if_new(copy, json.dumps(content, indent=1, sort_keys=True).encode("utf-8"))
        written.append(copy)
        picture = last_picture(content)
        if picture is not None:
            write_if_new(folder / "pictures" / f"{path.stem}.png", picture)
            written.append(folder / "pictures" / f"{path.stem}.png")
        cards.append(_card(path, content, with_picture=picture is not None))
    page = target / PLACE / "index.md"
    write_if_new(page, _gallery(books, cards).encode("utf-8"))
    return [*written, page]


def _gallery(books: list[Path], cards: list[str]) -> str:
    if not books:
        return OPENING + NONE
    listed = "\n".join(path.stem for path in books)
    grid = "::::{grid} 1 2 2 3\n:gutter: 3\n\n" + "\n".join(cards) + "\n::::\n"
    return f"{OPENING}{grid}\n```{{toctree}}\n:hidden:\n\n{listed}\n```\n"


def _card(path: Path, content: dict[str, Any], *, with_picture: bool) -> str:
    title, told = first_words(content)
    picture = (
        f":img-top: pictures/{path.stem}.png\n:img-alt: The last picture of this notebook\n" if with_picture else ""
    )
    return f":::{{grid-item-card}} {title}\n:link: {path.stem}\n:link-type: doc\n{picture}\n{told}\n:::\n"


def first_words(content: dict[str, Any]) -> tuple[str, str]:
    """Title and first paragraph of a notebook."""
    for cell in content["cells"]:
        if cell["cell_type"] == "markdown":
            lines = "".join(cell["source"]).strip().splitlines()
            paragraphs = "\n".join(lines[1:]).strip().split("\n\n")
            return lines[0].lstrip("# ").strip(), " ".join(paragraphs[0].split())
    return "Notebook", ""


def last_picture(content: dict[str, Any]) -> bytes | None:
    """The last PNG that a notebook drew."""
    for cell in reversed(content["cells"]):
        for output in reversed(cell.get("outputs", [])):
            data = output.get("data", {}).get("image/png")
            if data:
                return base64.b64decode("".join(data))
    return None

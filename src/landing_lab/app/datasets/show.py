"""What a person reads of datasets: the list, one of them in full, and what a download is about to do."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from landing_lab.app.datasets.dataset import ACCESS_WORDS, Dataset
from landing_lab.app.datasets.places import datasets_folder, folder_for
from landing_lab.app.datasets.plan import ABOUT, Plan
from landing_lab.app.datasets.progress import megabytes
from landing_lab.io.visible import visible
from landing_lab.model.strict_document import plain

_NAMES: Final = 10
"""Files that a list of what is loaded names; of more it gives the number."""
CHECKED_WORDS: Final = {
    "bytes": "from the files, byte for byte as in the repository at that commit",
    "page": "from the pages below, not from the files",
    "memory": "not verified",
}


def facts(one: Dataset) -> Mapping[str, object]:
    """A row for programs: everything in the registry, and the folder with what is in it."""
    folder = folder_for(one)
    return {**plain(one), "verified": one.verified, "folder": str(folder), "is_here": is_here(folder)}


def is_here(folder: Path) -> bool:
    """Whether anything lies in the folder that is no part of a file."""
    try:
        return any(
            not path.name.startswith(".") and not path.name.endswith((".part", ".json")) for path in folder.iterdir()
        )
    except OSError:
        return False


def size_of(one: Dataset) -> str:
    """Bytes of the listed files, or the size as it was published."""
    return megabytes(one.size_bytes) if one.files else one.size


def print_list(rows: Iterable[Dataset]) -> None:
    """A table of all, whole at 100 columns, and how to go on."""
    from rich.console import Console
    from rich.table import Table

    from landing_lab.report.whole_table import print_whole

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("name", no_wrap=True)
    table.add_column("what", ratio=1)
    for heading, width in (("size", 8), ("licence", 12), ("how to get it", 18)):
        table.add_column(heading, width=width)
    for one in rows:
        doubt = " (not verified)" if not one.verified else " *" if one.doubts else ""
        here = " (here)" if is_here(folder_for(one)) else ""
        table.add_row(one.name, f"{one.title}{doubt}", size_of(one), one.licence_short, ACCESS_WORDS[one.access] + here)
    print_whole(Console(file=sys.stdout, highlight=False), table)
    print("* something about it was not verified, or is to be known: datasets show NAME says what")
    print(f"Folder: {visible(str(datasets_folder()))}")
    print("In full, with citation and how to read it: landing-lab datasets show NAME")
    print("Load it: landing-lab datasets fetch NAME; in Python: landing_lab.fetch_dataset(NAME)")


def print_dataset(one: Dataset) -> None:
    """All that the registry says of a dataset."""
    folder = folder_for(one)
    size = ", ".join(filter(None, (size_of(one), one.size_note)))
    known = CHECKED_WORDS[one.checked] if one.access != "made" else "known, since the program makes it"
    print(f"{one.name}: {one.title}")
    rows = (
        ("holds", one.holds), ("sensors", ", ".join(one.sensors)), ("tasks", ", ".join(one.tasks)),
        ("rates", one.rates), ("people", one.people), ("licence", one.licence), ("cite", one.citation),
        ("DOI", f"https://doi.org/{one.doi}" if one.doi else ""), ("page", one.page), ("size", size),
        ("access", ACCESS_WORDS[one.access]), ("reads", one.reads),
        ("facts", "; ".join(filter(None, (known, one.doubts)))),
        ("tried", one.tried or ("made here" if one.access == "made" else "never: no real download was made by us")),
    )  # fmt: skip
    for name, text in rows:
        if text:
            print(_wrapped(f"  {name:8} ", text))
    for text in one.seen:
        print(f"  seen     {text}")
    _print_files(one)
    for number, step in enumerate(one.by_hand, 1):
        print(_wrapped(f"  step {number}   ", step.replace("{folder}", str(folder))))
    print(_wrapped("  folder   ", str(folder) + (" (something is there)" if is_here(folder) else "")))
    print_commands(one)


def print_commands(one: Dataset) -> None:
    """Command lines that work on the dataset, from inside its folder."""
    if one.commands:
        print("  then, in that folder:")
        for command in one.commands:
            print(f"    {command}")


def print_plan(plan: Plan) -> None:
    """What is about to be loaded, under which licence, whom to cite."""
    one = plan.dataset
    print(f"{one.name}: {one.title}")
    licence = one.licence + (f" (its record says: {plan.record_licence})" if plan.record_licence else "")
    print(_wrapped("  licence  ", licence))
    print(_wrapped("  cite     ", one.citation))
    if one.doubts:
        print(_wrapped("  doubts   ", one.doubts))
    print(_wrapped("  into     ", str(plan.folder)))
    for wanted in plan.missing[:_NAMES]:
        print(f"  load     {visible(wanted.path)}, {megabytes(wanted.size_bytes)}")
    if len(plan.missing) > _NAMES:
        print(f"  load     {len(plan.missing) - _NAMES} more files")
    here = len(plan.files) - len(plan.missing)
    if here:
        print(f"  here     {here} of {len(plan.files)} files, checked")


def print_done(one: Dataset, folder: Path) -> None:
    """Where it is now, and what to do with it."""
    print(
        f"{one.name} is in {visible(str(folder))}"
        + (f" (licence and citation in {ABOUT})" if (folder / ABOUT).exists() else "")
    )
    print_commands(one)


def _print_files(one: Dataset) -> None:
    for file in one.files:
        print(f"  file     {file.path}, {megabytes(file.size_bytes)}")
    if one.record:
        print(
            _wrapped(
                "  files    ", f"named, with sizes and checksums, by the record doi:{one.record} when it is loaded"
            )
        )


def _wrapped(start: str, text: str) -> str:
    return "\n".join(_lines(start, text))


def _lines(start: str, text: str) -> Iterator[str]:
    width = max(60, min(shutil.get_terminal_size().columns, 120))
    yield from textwrap.wrap(
        visible(text), width, initial_indent=start, subsequent_indent=" " * len(start), break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip

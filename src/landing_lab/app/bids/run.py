"""`landing-lab bids`: what was exported, and what was not."""

from __future__ import annotations

from pathlib import Path

from landing_lab.io.visible import visible


def run_bids(dataset: Path, out: Path, *, raw: bool, inputs: bool, replace: bool) -> int:
    """Export and say so; 0, or 130 where it was interrupted, which leaves nothing behind."""
    from landing_lab.app.terminal.interrupt import interruptible

    return interruptible(
        lambda: _export(dataset, out, raw=raw, inputs=inputs, replace=replace), "interrupted; nothing was written"
    )


def _export(dataset: Path, out: Path, *, raw: bool, inputs: bool, replace: bool) -> int:
    from landing_lab.io.bids.export import export_bids

    done = export_bids(dataset, out, raw=raw, inputs=inputs, replace=replace)
    print(
        f"Written: {visible(str(done.path))}: {_count(done.n_trials, 'trial')} of "
        f"{_count(done.n_participants, 'participant')} in {_count(done.n_sessions, 'session')}"
    )
    for sentence in done.left_out:
        print(f"  left out: {visible(sentence)}")
    entered = "field inputs (injuries, pain)" if inputs else "no field inputs (--with-inputs copies them)"
    repeated = "raw files that repeat it" if raw else "no raw files"
    print(
        "Before you share it: sourcedata/ holds session.json and calibrations with what people typed (notes, "
        f"operator), {repeated}, and {entered}; look at participants.tsv too."
    )
    return 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"

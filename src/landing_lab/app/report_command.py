"""`landing-lab report`: one report of several recordings, or of a session folder as it stands on disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landing_lab.errors import ParameterError, RecordingError

OUT: Final = Path("landing-lab-report")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWanted:
    """What was typed beside the recordings. out: None is OUT, for a session folder that folder."""

    out: Path | None = None
    mass_kg: float | None = None
    box_height_m: float | None = None
    animate: bool = False
    pdf: bool = False


def run_report(recordings: Sequence[Path], wanted: ReportWanted) -> int:
    """Write the report; 0, or 2 where a file could not be read.

    Raises RecordingError where a PDF is wanted and its library is missing: before anything is computed.
    """
    from landing_lab.app.analyse.run import Columns, Extras, run_analyse
    from landing_lab.app.record.on_disk import is_session
    from landing_lab.report.pdf import MISSING, can_write_pdf

    if wanted.pdf and not can_write_pdf():
        raise RecordingError(MISSING)
    if any(is_session(one) for one in recordings):
        return _session(recordings, wanted)
    return run_analyse(
        recordings, Columns(), mass_kg=wanted.mass_kg, box_height_m=wanted.box_height_m, task="auto",
        output_format="table", out=wanted.out or OUT, extras=Extras(animate=wanted.animate, pdf=wanted.pdf),
    )  # fmt: skip


def _session(recordings: Sequence[Path], wanted: ReportWanted) -> int:
    from landing_lab.app.record.on_disk import order_on_disk
    from landing_lab.app.record.report import write_session_report

    if len(recordings) > 1:
        raise ParameterError("a session folder is reported alone; name one, or the raw files of several")
    if wanted.mass_kg is not None or wanted.box_height_m is not None:
        raise ParameterError(
            "mass and box height of a session stand in its session.json; leave --mass-kg and --box-height-m out, or "
            "name its raw files"
        )
    if wanted.animate:
        raise ParameterError("--animate takes recordings, not a session folder; name the raw files of the session")
    order = order_on_disk(recordings[0])
    if wanted.out is not None:
        from landing_lab.app.analyse.out_folder import check_out_folder

        check_out_folder(wanted.out, (file.name for file in order.files))
    written = write_session_report(order, out=wanted.out, pdf=True if wanted.pdf else None)
    print("Written:")
    for path in written:
        print(f"  {path}")
    return 0

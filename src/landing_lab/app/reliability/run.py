"""The reliability wizard: looks, says what can be told, asks where a person is there, computes, writes, says so."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from landing_lab.analysis.reliability import planning
from landing_lab.app.reliability.questions import ask_design, ask_replace, ask_sessions
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_path, visible
from landing_lab.io.write import json_text, stamped

if TYPE_CHECKING:
    from landing_lab.analysis.reliability.metric_reliability import MetricReliability
    from landing_lab.analysis.reliability.study import ReliabilityStudy
    from landing_lab.analysis.trial_table import TrialTable

PLAN_SCHEMA: Final = "landing-lab.reliability-plan/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Answers given as options; write: None is yes unless names are given."""

    names: tuple[str, ...] = ()
    task: str | None = None
    condition: str | None = None
    sessions: tuple[str, ...] = ()
    n_trials: int | None = None
    aim_icc: float | None = None
    aim_sem: float | None = None
    write: bool | None = None
    out: Path | None = None
    forms: bool = False
    show_all: bool = False
    as_json: bool = False


def run_reliability(dataset: Path | None, wanted: Wanted) -> int:
    """Everything of `landing-lab reliability DATASET`; the exit code. Raises ParameterError where nothing can be."""
    from landing_lab.analysis.cohort.collect import read_trials
    from landing_lab.analysis.reliability.study import reliability

    if dataset is None:
        raise ParameterError("name a dataset, or use --plan to find out how many athletes a study needs")
    if wanted.aim_sem is not None and len(wanted.names) != 1:
        raise ParameterError("--aim-sem is in the unit of one metric; name that one with --metric")
    table = read_trials(dataset)
    talks = sys.stdin.isatty() and sys.stdout.isatty() and not wanted.as_json
    if talks:
        wanted = _asked(table, wanted)
    study = reliability(
        table, names=wanted.names or None, task=wanted.task, condition=wanted.condition,
        sessions=wanted.sessions or None, n_trials=wanted.n_trials,
    )  # fmt: skip
    written = _write(dataset, study, wanted, talks=talks)
    pictures = _pictures(study, wanted)
    if wanted.as_json:
        document = {**study.document(), "written": written, "pictures": pictures, "trials_needed": _aims(study, wanted)}
        sys.stdout.write(json_text(document))
        return 0
    _print(study, wanted)
    _print_written(study, wanted, written)
    if wanted.out is not None and pictures:
        print(f"Pictures: {quoted_path(str(pictures[0]))} and {len(pictures) - 1} more")
    return 0


def _asked(table: TrialTable, wanted: Wanted) -> Wanted:
    """The same with what a person answers; nothing is asked that an option has answered."""
    from landing_lab.analysis.reliability.design import choose_design, study_designs

    designs = study_designs(table, sessions=wanted.sessions or None)
    if wanted.task is None and wanted.condition is None and len(designs) > 1:
        chosen = ask_design(designs)
        wanted = replace(wanted, task=chosen.task, condition=chosen.condition)
    design, _ = choose_design(designs, task=wanted.task, condition=wanted.condition)
    if not wanted.sessions and len(design.labels) > 1:
        wanted = replace(wanted, sessions=ask_sessions(design.labels))
    return wanted


def _write(dataset: Path, study: ReliabilityStudy, wanted: Wanted, *, talks: bool) -> Path | None:
    from landing_lab.analysis.cohort.foreign_table import laboratory_folder
    from landing_lab.analysis.reliability.error_file import FILE, write_error_file

    write = not wanted.names if wanted.write is None else wanted.write
    if not write or not study.errors:
        return None
    there = laboratory_folder(dataset) / FILE
    if talks and wanted.write is None and there.exists() and not ask_replace(there):
        return None
    return write_error_file(dataset, study.document())


def _pictures(study: ReliabilityStudy, wanted: Wanted) -> list[Path]:
    if wanted.out is None:
        return []
    from landing_lab.report.reliability_page import write_reliability_report

    return write_reliability_report(study, wanted.out, show_all=wanted.show_all or bool(wanted.names))


def _print(study: ReliabilityStudy, wanted: Wanted) -> None:
    from landing_lab.report.reliability_table import first_metrics, forms_terminal, reliability_terminal
    from landing_lab.report.terminal import readable_console
    from landing_lab.report.whole_table import print_whole

    for sentence in (*study.design.sentences, *study.notes):
        print(sentence)
    if len(study.design.labels) > 1:
        labels = ", ".join(map(visible, study.design.labels))
        print(
            f"Sessions {labels} count as repeats of the same thing. If training, injury or shoes changed between them, "
            "name those that are repeats with --session."
        )
    if not study.errors and not study.design.possible:
        print("How many are needed for a good one: landing-lab reliability --plan")
        return
    console = readable_console()
    shown = first_metrics(study.metrics, show_all=wanted.show_all or bool(wanted.names))
    table, reasons = reliability_terminal(study, shown, width=console.width)
    console.print()
    print_whole(console, table)
    for line in reasons:
        print(line)
    if len(shown) < len(study.metrics):
        print(f"{len(study.metrics) - len(shown)} more rows: --all prints them; all are in --json and the error file")
    if wanted.forms:
        console.print()
        print_whole(console, forms_terminal(shown, width=console.width))
    print(
        "ICC: how much of the spread of values is real differences between athletes (1: all of it); words by Koo and "
        "Li 2016, for the whole interval. SEM: standard error. MDC95: least change of one athlete between two "
        "sessions that is not chance (95 %)."
    )
    for line in _aims(study, wanted):
        print(line)


def _aims(study: ReliabilityStudy, wanted: Wanted) -> list[str]:
    """How many trials reach what was asked for, a sentence per metric."""
    from landing_lab.report.reliability_table import first_metrics

    shown = first_metrics(study.metrics, show_all=wanted.show_all or bool(wanted.names))
    said = []
    for one in shown:
        if one.components is None:
            continue
        if wanted.aim_icc is not None:
            said.append(
                _aim(one, f"an ICC of {wanted.aim_icc:g}", planning.trials_for_icc(wanted.aim_icc, **_sds(one)))
            )
        if wanted.aim_sem is not None:
            sds = {name: sd for name, sd in _sds(one).items() if name != "athlete_sd"}
            aim = f"a standard error of {wanted.aim_sem:g} {one.unit}"
            said.append(_aim(one, aim, planning.trials_for_sem(wanted.aim_sem, **sds)))
    return said


def _sds(one: MetricReliability) -> dict[str, float]:
    found, error = one.components, one.error
    assert found is not None
    assert error is not None
    return {
        "athlete_sd": found.athlete_sd.value, "trial_sd": error.trial_sd, "session_sd": error.session_sd or 0.0
    }  # fmt: skip


def _aim(one: MetricReliability, what: str, needed: planning.TrialsNeeded) -> str:
    from landing_lab.report.names import metric_label, side_label

    trials = f"{what} needs {needed.n} trial{'s' * (needed.n != 1)} per session"
    return f"{metric_label(one.name)}, {side_label(one.side)}: {needed.reason if needed.n is None else trials}"


def _print_written(study: ReliabilityStudy, wanted: Wanted, written: Path | None) -> None:
    if written is None:
        why = "no metric has enough repeats" if not study.errors else "nothing was written"
        more = " (--write writes the chosen metrics alone)" if wanted.names and study.errors else ""
        print(f"Screening goes on as before: {why}{more}.")
        return
    sessions = "trial and session error" if study.design.estimates_sessions else "trial error only"
    print(
        f"Written: {quoted_path(str(written))}, the errors of {len(study.errors)} metrics and sides. Screening and "
        f"contrasts use them from now on ({sessions}); where a metric has none, a published one marked borrowed, "
        "or none."
    )


def run_plan(*, icc: float, width: float, least: float, as_json: bool) -> int:
    """How many athletes a study needs; the exit code. Raises ParameterError for numbers that cannot be meant."""
    rows = [
        (repeats, planning.athletes_for_width(icc, width, repeats=repeats),
         planning.athletes_to_show(icc, least, repeats=repeats))
        for repeats in (2, 3, 4)
    ]  # fmt: skip
    sems = [(repeats, planning.sem_precision(for_width, repeats=repeats)) for repeats, for_width, _ in rows]
    if as_json:
        plans = [
            {"sessions": sessions, "athletes_for_width": athletes, "athletes_to_show": show,
             "sem_low_factor": sem.low, "sem_high_factor": sem.high}
            for (sessions, athletes, show), (_, sem) in zip(rows, sems, strict=True)
        ]  # fmt: skip
        document = {"icc": icc, "width": width, "least": least, "plans": plans}
        sys.stdout.write(json_text(stamped(PLAN_SCHEMA, document)))
        return 0
    print(f"Expected ICC {icc:g}, of the mean of a session's trials against another session.")
    print(f"{'sessions each':15}{'athletes for an interval':>26}{'athletes to show that':>24}{'SEM then known':>20}")
    print(f"{'':15}{f'{width:g} wide (Bonett 2002)':>26}{f'ICC > {least:g} (Walter 1998)':>24}{'(95 % interval)':>20}")
    for (sessions, athletes, show), (_, sem) in zip(rows, sems, strict=True):
        known = f"{100 * (sem.low - 1):+.0f} to {100 * (sem.high - 1):+.0f} %"
        print(f"{sessions:<15}{athletes:>26}{show:>24}{known:>20}")
    print(
        "Record 5 trials or more per session, on different days, with nothing changed between them; then run "
        "`landing-lab reliability DATASET` (docs/reliability.md)."
    )
    return 0

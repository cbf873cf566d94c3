"""`landing-lab reanalyse`: the numbers of recorded sessions, computed once more from their raw files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import landing_lab
from landing_lab.app.analyse.document import analysis_document
from landing_lab.app.reanalyse.sources import STORED, RawSession, raw_sessions, stored_document, told_without_raw
from landing_lab.app.reanalyse.trial import FLAGGED_SINCE, Again, calibrations_in, compared, computed_again
from landing_lab.errors import ParameterError
from landing_lab.io.dataset import derived_folder
from landing_lab.io.dataset_session import RAW, TRIALS
from landing_lab.io.session_checks import failed_at, time_words
from landing_lab.io.visible import quoted_path, visible
from landing_lab.model.trial_label import TrialLabel

SCHEMA: Final = "landing-lab.reanalysis/1"
_LISTED: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ReanalyseSettings:
    """Where results go (None: derivatives of the dataset), and what else is wanted.

    calibrations: files whose calibrations replace those in the raw files. every: rejected and unfinished trials too.
    """

    out: Path | None = None
    calibrations: Sequence[Path] = ()
    check: bool = False
    every: bool = False
    json: bool = False


def run_reanalyse(wanted: Sequence[Path], settings: ReanalyseSettings) -> int:
    """Compute again, compare with what is stored, write unless only checking; the exit code.

    0: all went well, and where only checked, no number changed. 1: something is different, or has nothing to be
    compared with (only where checked). 2: a raw file could not be computed again.
    """
    if settings.check and settings.out is not None:
        raise ParameterError("--check writes nothing; leave out --out, or leave out --check")
    calibrations = calibrations_in(settings.calibrations)
    sessions = raw_sessions(wanted)
    if (told := told_without_raw(wanted)) is not None:
        print(f"landing-lab: {visible(told)}", file=sys.stderr)
    documents: list[dict[str, object]] = []
    verdicts: list[str] = []
    targets = [None] * len(sessions) if settings.check else _targets(sessions, settings.out)
    for session, target in zip(sessions, targets, strict=True):
        document, found = _session(session, target, calibrations, settings)
        documents.append(document)
        verdicts += found
    counts = {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)}
    if settings.json:
        from landing_lab.io.write import json_text

        whole = {"schema": SCHEMA, "version": landing_lab.__version__, "counts": counts, "sessions": documents}
        sys.stdout.write(json_text(whole))
    elif verdicts:
        total = "1 trial" if len(verdicts) == 1 else f"{len(verdicts)} trials"
        print(f"{total}: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    else:
        print("no trial was computed: none is accepted; --all takes rejected and unfinished ones too")
    if "failed" in counts:
        return 2
    return int(settings.check and (not set(counts) <= {"identical", FLAGGED_SINCE, "not compared"} or not verdicts))


def _session(
    session: RawSession, target: Path | None, calibrations: dict[str, object], settings: ReanalyseSettings
) -> tuple[dict[str, object], list[str]]:
    """Compute the trials of a session, tell, write; its part of the document and the verdicts."""
    say = (lambda _text: None) if settings.json else print
    say(f"{visible(str(session.folder))}")
    for note in session.notes:
        print(f"landing-lab: {visible(note)}", file=sys.stderr)
    taken = [one for one in session.trials if settings.every or one.verdict == "accepted" or one.problem]
    left_out = [one for one in session.trials if one not in taken]
    again: list[Again] = []
    for trial in taken:
        done = computed_again(trial, calibrations)
        done = done if done.problem else compared(done, session)
        again.append(done)
        for line in _lines(done, session, replaced=bool(calibrations)):
            say(line)
        if done.problem:
            print(f"landing-lab: {visible(done.problem)}", file=sys.stderr)
    for trial in left_out:
        reason = f": {visible(trial.reason)}" if trial.reason else ""
        say(f"  {visible(trial.path.name)}: left out, {trial.verdict}{reason}")
    written = _write(session, again, target) if target is not None else []
    if written and target is not None:
        say(f"  Written to {visible(str(target))}: {', '.join(visible(path.name) for path in written)}")
    document: dict[str, object] = {
        "folder": str(session.folder),
        "out": None if target is None or not written else str(target),
        "trials": [_entry(one) for one in again],
        "left_out": [{"file": one.path.name, "verdict": one.verdict, "reason": one.reason} for one in left_out],
        "notes": session.notes,
    }
    return document, [one.verdict for one in again]


def _lines(done: Again, session: RawSession, *, replaced: bool) -> list[str]:
    """What a person reads of one trial."""
    kind = "" if done.trial.verdict == "accepted" else f" ({done.trial.verdict})"
    name = f"  {visible(done.trial.path.name)}{kind}: "
    if done.problem is not None:
        return [f"{name}failed"]
    if not done.stored:
        return [f"{name}computed; {STORED} of the session holds no numbers of it to compare with"]
    if not done.different:
        return [f"{name}identical to the stored numbers", *_damage(done)]
    flagged, changed = done.flagged_since, done.changed
    lines = []
    if changed:
        what = "1 value differs" if len(changed) == 1 else f"{len(changed)} values differ"
        lines = [
            f"{name}{what}: {_why(session, replaced=replaced)}",
            *(f"    {one}" for one in changed[:_LISTED]),
            *([f"    and {len(changed) - _LISTED} more"] if len(changed) > _LISTED else []),
        ]
    if flagged:
        what = "1 value is" if len(flagged) == 1 else f"{len(flagged)} values are"
        times = " and ".join(time_words(one) for one in failed_at(session.folder))
        told = f"{what} now flagged because the check of {times} found drift"
        lines.append(f"    {told}" if changed else f"{name}{told}; no number changed")
    return [*lines, *_damage(done)]


def _damage(done: Again) -> list[str]:
    """What could not be read of the raw file, also where the numbers do not show it."""
    return [f"    raw file: {visible(note)}" for note in (() if done.raw is None else done.raw.notes)]


def _why(session: RawSession, *, replaced: bool) -> str:
    document = stored_document(session.folder) or {}
    old = visible(str(document.get("version")))
    if replaced:
        return "another calibration was given"
    if old != landing_lab.__version__:
        return f"stored by landing-lab {old}, computed by {landing_lab.__version__}"
    return "the same version stored other numbers, so the raw file or the stored results were changed"


def _entry(done: Again) -> dict[str, object]:
    return {
        "file": done.trial.path.name,
        "verdict": done.trial.verdict,
        "comparison": done.verdict,
        "message": done.problem,
        "raw_file_notes": list(() if done.raw is None else done.raw.notes),
        "differences": [one.as_dict() for one in done.different],
    }


def _targets(sessions: Sequence[RawSession], out: Path | None) -> list[Path]:
    """The folder for the results of each session, all checked before anything is computed.

    Raises ParameterError where files of a session or results of other recordings stand there.
    """
    from landing_lab.app.analyse.out_folder import check_out_folder

    targets = [
        derived_folder(session.root, session.place) if out is None else out / session.place for session in sessions
    ]
    if len(set(targets)) < len(targets) and out is not None:  # several datasets, or folders of loose files
        targets = [out / session.root.name / session.place for session in sessions]
    owned = {own.resolve() for one in sessions for own in (one.folder, one.folder / RAW, one.folder / TRIALS)}
    for session, target in zip(sessions, targets, strict=True):
        if target.resolve() in owned:
            raise ParameterError(
                f"{quoted_path(str(target))} is a session's own folder, and its results stay as they were recorded; "
                f"choose another folder with --out"
            )
        if targets.count(target) > 1:
            raise ParameterError(
                f"two sessions would both write to {quoted_path(str(target))}; compute them one after the other, each "
                f"with its own --out"
            )
        check_out_folder(target, (trial.path.name for trial in session.trials))
    return targets


def _write(session: RawSession, again: Sequence[Again], target: Path) -> list[Path]:
    """Results of the session and processed files of its trials; nothing where no trial could be computed."""
    from landing_lab.app.analyse.outputs import write_outputs
    from landing_lab.io.dataset_tables import describe_derivative
    from landing_lab.io.processed import trial_facts, write_processed

    trials = [result for done in again for result in done.results]
    if not trials:
        return []
    describe_derivative(target, session.place, landing_lab.__version__)
    for done in again:
        if done.raw is not None and done.recording is not None:
            facts = trial_facts(done.raw, done.results, verdict=done.trial.verdict, reason=done.trial.reason)
            signals = done.results[0].signals if done.results else None
            write_processed(done.recording, signals, target / TRIALS / done.trial.path.stem, facts)
    errors = [{"source": done.trial.path.name, "message": done.problem} for done in again if done.problem]
    about = _about(again)
    verdicts = {done.trial.path.name: done.trial.verdict for done in again}
    found = [label for done, label in zip(again, _labels(again, session.folder), strict=True) for _ in done.results]
    labels = found if any(found) else None
    document = analysis_document(trials, errors=errors, session=about, verdicts=verdicts, labels=labels)
    return write_outputs(trials, document, target, session=about, labels=labels)


def _labels(again: Sequence[Again], folder: Path) -> list[TrialLabel | None]:
    """The label of each recording, with what a person moved in it."""
    from landing_lab.report.moved_events import with_moved

    return [
        None if (label := _label(done)) is None else with_moved([label], [done.trial.path], folder)[0] for done in again
    ]


def _label(done: Again) -> TrialLabel | None:
    """Run and condition as session.json tells them, where they may be corrected, else as the raw file does."""
    if done.trial.label is not None:
        return done.trial.label
    found = None if done.raw is None else TrialLabel.from_metadata(done.raw.metadata)
    if found is None:
        return None
    return TrialLabel(run=found.run, condition=visible(found.condition), accepted=done.trial.verdict == "accepted")


def _about(again: Sequence[Again]) -> dict[str, object]:
    """What the report says of the session, from its first raw file."""
    metadata = next((done.raw.metadata for done in again if done.raw is not None), {})
    facts = {"participant": "participant", "protocol": "protocol", "recorded": "started_at", "recorded by": "software"}
    about: dict[str, object] = {
        shown: visible(str(metadata[name])) for shown, name in facts.items() if metadata.get(name) is not None
    }
    return {**about, "computed again by": f"landing-lab {landing_lab.__version__}"}

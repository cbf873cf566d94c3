"""A dataset as the table a model is fitted to: one row per session, per limb of a session, or per trial."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any, Final

import numpy as np

from landing_lab.analysis.cohort.collect import read_trials
from landing_lab.analysis.cohort.foreign_table import laboratory_folder
from landing_lab.analysis.condition_pairs import is_reference
from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.inputs.fields import UNITS
from landing_lab.analysis.inputs.files import entries_of, session_inputs
from landing_lab.analysis.trial_table import LEAST_TRIALS, TRIAL, TrialTable
from landing_lab.errors import LandingLabError, ParameterError
from landing_lab.io.dataset import Dataset
from landing_lab.io.visible import quoted_name, visible
from landing_lab.model.channels import WHOLE

SESSION_ROW: Final = "athlete and session"
"""What a row is where each is of one athlete in one session."""
LIMBS: Final = ("left", "right")


@dataclass(frozen=True, slots=True, eq=False)
class DatasetFrame:
    """frame: pandas, with participant, session, what participants.tsv and the field inputs say, and metrics.

    A metric of a foot is NAME_left or NAME_right, of both together NAME; with a row per limb NAME alone. units by
    column. row: what a row is, in words. notes: what was left out.
    """

    frame: Any
    units: Mapping[str, str]
    row: str
    notes: tuple[str, ...]


def session_frame(
    dataset: str | Path, *, task: str | None = None, condition: str | None = None, per_limb: bool = False
) -> DatasetFrame:
    """One row per session with means of at least 3 trials; per_limb: one per limb, sided entries beside them.

    condition: by default the one without a challenge with most trials, which notes then name. Raises ParameterError
    where the dataset has no such trials, or several tasks and none is named.
    """
    table = read_trials(dataset)
    rows, said = _chosen(table, task, condition)
    keys = ["participant", "session"]
    grouped = rows.groupby([*keys, "name", "side"])["value"]
    means = grouped.mean().where(grouped.count() >= LEAST_TRIALS).reset_index()
    notes = [*table.notes, *said]
    few = int(means["value"].isna().sum())
    if few:
        notes.append(f"{few} means of a session have fewer than {LEAST_TRIALS} trials and count as missing.")
    means["column"] = _column_names(means)
    frame = means.pivot_table(index=keys, columns="column", values="value", aggfunc="first", dropna=False)
    frame = frame.dropna(how="all").reset_index()
    frame = _with_entries(frame, Path(dataset), table, notes)
    units = _units(rows, frame.columns)
    if not per_limb:
        return DatasetFrame(frame, units, SESSION_ROW, tuple(notes))
    return DatasetFrame(_per_limb(frame), _limb_units(units), "limb in a session", tuple(notes))


def trial_frame(dataset: str | Path, *, task: str | None = None, condition: str | None = None) -> DatasetFrame:
    """One row per trial. Raises ParameterError as session_frame does."""
    table = read_trials(dataset)
    chosen, said = _chosen(table, task, condition)
    rows, notes = chosen.copy(), [*table.notes, *said]
    rows["column"] = _column_names(rows)
    frame = rows.pivot_table(index=list(TRIAL), columns="column", values="value", aggfunc="first").reset_index()
    frame = _with_entries(frame, Path(dataset), table, notes)
    return DatasetFrame(frame, _units(rows, frame.columns), "trial", tuple(notes))


def _chosen(table: TrialTable, task: str | None, condition: str | None) -> tuple[Any, tuple[str, ...]]:
    """Rows of one task and condition, and what is to be said of the choice."""
    rows = table.rows[table.rows["value"].notna()]
    tasks = sorted(map(str, rows["task"].unique()))
    if task is None and len(tasks) > 1:
        raise ParameterError(f"the dataset has trials of {', '.join(map(quoted_name, tasks))}; name one with --task")
    if task is not None:
        rows = rows[rows["task"] == task]
    conditions = sorted(map(str, rows["condition"].unique()))
    said: tuple[str, ...] = ()
    if condition is None:
        condition = _reference(rows, conditions)
        others = [_words(one) for one in conditions if one != condition]
        if others:
            used = f"Conditions are never mixed: the trials of {_words(condition)} are used"
            said = (f"{used}; there are also {', '.join(others)} (choose with --condition).",)
    found = rows[rows["condition"] == condition]
    if found.empty:
        raise ParameterError(
            f"no accepted trial is of task {quoted_name(task or 'any')} and condition {_words(condition)}; "
            f"there are tasks {', '.join(tasks) or '(none)'} and conditions "
            f"{', '.join(map(_words, conditions)) or '(none)'}; choose one with --condition"
        )
    return found, said


def _reference(rows: Any, conditions: list[str]) -> str:
    """The condition without a challenge with most trials. Raises ParameterError where every one is a challenge."""
    plain = [one for one in conditions if is_reference(one)] or (conditions if len(conditions) == 1 else [])
    if not plain and conditions:
        raise ParameterError(
            f"none of the conditions {', '.join(map(_words, conditions))} is known to be without a challenge; "
            f"choose one with --condition {_words(conditions[0])}"
        )
    trials = rows[list(TRIAL)].drop_duplicates()["condition"].astype(str).value_counts()
    return min(plain, key=lambda one: (-int(trials[one]), one), default="")


def _words(condition: str) -> str:
    return quoted_name(condition) or "(none)"


def _column_names(rows: Any) -> Any:
    names, sides = rows["name"].astype(str), rows["side"].astype(str)
    return names.where(sides.isin(WHOLE), names + "_" + sides)


def _with_entries(frame: Any, dataset: Path, table: TrialTable, notes: list[str]) -> Any:
    """The frame with columns of participants.tsv and of what was entered; a metric of the same name wins."""
    import pandas as pd

    if not table.participants.empty:
        people = table.participants.drop(columns=[one for one in table.participants if one in frame.columns])
        frame = frame.join(people, on="participant")
        if "sex" in frame:
            known = frame["sex"].isin(["female", "male"])
            frame["sex_female"] = (frame["sex"] == "female").astype(float).where(known)
    entered = _entries(dataset, frame["participant"].unique(), notes)
    if entered:
        made = pd.DataFrame(entered)
        twice = [name for name in made if name in frame and name not in ("participant", "session")]
        # an entry of the session is newer than participants.tsv
        frame = frame.drop(columns=twice).merge(made, on=["participant", "session"], how="left")
    return frame


def _entries(dataset: Path, participants: Iterable[Any], notes: list[str]) -> list[dict[str, Any]]:
    found = []
    for participant in participants:
        for session in Dataset(laboratory_folder(dataset)).sessions(str(participant)):
            try:
                inputs = session_inputs(session.path)
            except LandingLabError as error:
                notes.append(f"inputs of sub-{participant} ses-{session.label} were not used: {visible(str(error))}")
                continue
            if inputs is not None:
                plain = {name: value for name, value in entries_of(inputs).items() if not isinstance(value, dict)}
                found.append({"participant": str(participant), "session": session.label, **plain})
    return found


def _per_limb(frame: Any) -> Any:
    """Columns of one side become those of the row's limb; columns of neither side stay as they are."""
    import pandas as pd

    parts = []
    for limb, other in (LIMBS, LIMBS[::-1]):
        names = {name: without_side(name, limb) for name in map(str, frame.columns)}
        kept = [name for name in names if without_side(name, other) == name]
        own = {new for name, new in names.items() if name != new}
        # one of both feet together gives way to the limb's own of that name
        kept = [name for name in kept if names[name] != name or name not in own]
        parts.append(frame[kept].rename(columns=names).assign(limb=limb))
    return pd.concat(parts, ignore_index=True)


def without_side(name: str, limb: str) -> str:
    """lunge_left_cm and peak_force_bw_left without the limb."""
    if name.endswith(f"_{limb}"):
        return name.removesuffix(f"_{limb}")
    return name.replace(f"_{limb}_", "_") if f"_{limb}_" in name and "left_right" not in name else name


def _units(rows: Any, columns: Iterable[Any]) -> dict[str, str]:
    of_name = dict(zip(rows["name"].astype(str), rows["unit"].astype(str), strict=True))
    found = {}
    for column in map(str, columns):
        base = column.removesuffix("_left").removesuffix("_right")
        ending = next((unit for suffix, unit in UNITS.items() if column.endswith(suffix)), "")
        found[column] = of_name.get(column) or of_name.get(base) or ending
    return found


def session_values(rows: Any, known: Mapping[str, Any], inputs: FieldInputs | None) -> dict[str, tuple[float, str]]:
    """One athlete's session as session_frame has it in a row: (value, unit) by column, what is no number left out.

    rows: its trials of one task and condition. known: what participants.tsv says. inputs: what was entered, which is
    newer.
    """
    found: dict[str, Any] = dict(known)
    if known.get("sex") in ("female", "male"):
        found["sex_female"] = known["sex"] == "female"
    for (name, side), values in rows.groupby(["name", "side"], sort=False)["value"]:
        if len(values) >= LEAST_TRIALS:
            found[name if side in WHOLE else f"{name}_{side}"] = values.mean()
    found |= {} if inputs is None else entries_of(inputs)
    units = _units(rows, found)
    numbers = {str(name): float(value) for name, value in found.items() if isinstance(value, Real | np.bool_)}
    return {name: (value, units[name]) for name, value in numbers.items() if np.isfinite(value)}


def _limb_units(units: Mapping[str, str]) -> dict[str, str]:
    return {without_side(without_side(name, "left"), "right"): unit for name, unit in units.items()}

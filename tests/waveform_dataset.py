"""A dataset with the stored force and insoles of simulated trials, as `record` leaves it, without raw files."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

import landing_lab as ll
from landing_lab.io.dataset import Dataset
from landing_lab.io.processed import write_processed
from landing_lab.io.session_file import SessionState, TrialEntry
from landing_lab.model.recording import Recording, Stream


def make_waveform_dataset(
    folder: Path,
    *,
    participants: Sequence[str],
    conditions: Mapping[str, float],
    n_trials: int = 1,
    columns: Mapping[str, Sequence[object]] | None = None,
) -> Dataset:
    """conditions: name -> share by which force between touchdown and take-off is changed at its middle.

    Every athlete has a jump of its own; trials of it differ by a per mille of body weight. columns: of
    participants.tsv, one value per participant.
    """
    dataset = Dataset(folder).create()
    for number, participant in enumerate(participants):
        session = dataset.new_session(participant)
        simulated = ll.simulate_drop_jump(seed=100 + number, noise_n=1.0, sample_rate_hz=500.0).recording
        entries = []
        for condition, share in conditions.items():
            for _ in range(n_trials):
                run = len(entries) + 1
                recording = _changed(simulated, share, seed=1000 * number + run)
                result = ll.analyse(recording)
                entries.append(
                    TrialEntry(
                        run=run, task="drop_jump", file=f"raw/{session.stem('drop_jump', run)}.xdf",
                        verdict="accepted", condition=condition,
                    )
                )  # fmt: skip
                facts = {"verdict": "accepted", "reason": None, "trials": [one.as_dict() for one in result.trials]}
                session.trial_stem("drop_jump", run).parent.mkdir(exist_ok=True)
                write_processed(recording, result.first.signals, session.trial_stem("drop_jump", run), facts)
        session.write_state(
            SessionState(
                participant=participant, session=session.label, protocol="drop_jump", trials=tuple(entries),
                finished_at="2026-11-30T12:00:00+00:00",
            )
        )  # fmt: skip
    if columns is not None:
        lines = ["\t".join(["participant_id", *columns])]
        for number, participant in enumerate(participants):
            lines.append("\t".join([f"sub-{participant}", *(str(values[number]) for values in columns.values())]))
        (folder / "participants.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return dataset


def _changed(recording: Recording, share: float, seed: int) -> Recording:
    """Force of the first contact scaled by 1 + share in its middle, and a little noise."""
    stream: Stream = recording.streams["force"]
    trial = ll.analyse(recording).first
    start, stop = (trial.events.get(name) for name in ("touchdown", "take_off"))
    assert start is not None
    assert stop is not None
    where = np.clip((stream.times_s - start.time_s) / (stop.time_s - start.time_s), 0.0, 1.0)
    hill = 1.0 + share * np.sin(np.pi * where) ** 4
    noise = np.random.default_rng(seed).normal(0.0, 1.0, stream.samples.shape)
    changed = dataclasses.replace(stream, samples=stream.samples * hill[:, np.newaxis] + noise)
    return dataclasses.replace(recording, streams={**recording.streams, "force": changed})

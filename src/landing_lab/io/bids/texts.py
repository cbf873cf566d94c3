"""The files at the top of an export that are read by people, and those that describe columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from landing_lab.io.bids.trial_files import TRACKING_SYSTEM, json_bytes
from landing_lab.model.software import version

BIDS_VERSION: Final = "1.10.0"
MARK: Final = "landing-lab bids"
"""What GeneratedBy says of an export of ours, and of nothing else."""
DERIVED: Final = "landing-lab"
_FROM_STUDY: Final = ("License", "Authors", "Acknowledgements", "HowToAcknowledge", "Funding", "EthicsApprovals",
                      "ReferencesAndLinks", "DatasetDOI", "Keywords")  # fmt: skip
_README: Final = """\
# {name}

Landings from a jump, recorded with landing-lab and exported as BIDS.{simulated}

- `sub-*/ses-*/motion/`: vertical ground reaction force per foot in newton, up positive, the offset removed: the force
  that the analysis used. BIDS has no data type for force, so these are motion data of the tracking system
  "{system}" with channels of type MISC. Where an insole and a slow load-cell plate were recorded, the force is
  estimated from both; `LandingLabSource`, `LandingLabForce` and `LandingLabDoubt` in each sidecar say how, and how sure
  it is.
- `..._events.tsv`: touchdown, take-off, landing and phases as the analysis found them, with standard deviations.
- `sub-*/ses-*/beh/..._recording-insole*_physio.tsv.gz`: force on every cell of an insole, nominal where
  `LandingLabCalibrated` is false.
- `derivatives/{derived}/`: the metrics of every trial, with standard deviation, status and reason.
- `sourcedata/`: the landing-lab dataset that all of this was made from{raw}.

Only accepted trials are here; numbers of runs that are missing are trials that were rejected or left without a verdict.
"""
_CHANGES: Final = """\
1.0.0 {day}
  - Exported with landing-lab {version}; the day is that of the newest recording.
"""


def study_facts(dataset: Path) -> Mapping[str, Any]:
    """dataset_description.json of a study; empty where it cannot be read."""
    try:
        document = json.loads((dataset / "dataset_description.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def top_files(
    facts: Mapping[str, Any], name: str, newest: str | None, *, simulated: bool, raw: bool
) -> dict[str, bytes]:
    """dataset_description.json, README.md, CHANGES and the sidecars that hold for all files below."""
    held = {key: facts[key] for key in _FROM_STUDY if facts.get(key)}
    readme = _README.format(
        name=name,
        simulated=" **The data are simulated: no person was measured.**" if simulated else "",
        system=TRACKING_SYSTEM,
        derived=DERIVED,
        raw=", with all that the boards sent (`.xdf`)" if raw else ", without the raw files, which were left out",
    )
    day = (newest or "")[:10] or "1970-01-01"
    return {
        "README.md": readme.encode(),
        "CHANGES": _CHANGES.format(day=day, version=version()).encode(),
        "events.json": _events(),
        "scans.json": _columns(
            ("filename", "File of the trial, relative to the session"),
            ("acq_time", "Beginning of the recording, UTC"),
            ("condition", "Condition of the trial as its protocol names it"),
        ),
        "sessions.json": _columns(
            ("session_id", "Session, in order of recording"),
            ("acq_time", "Beginning of the session, UTC"),
            ("protocol", "Protocol of the session"),
        ),
        "dataset_description.json": json_bytes(
            {"Name": name, "BIDSVersion": BIDS_VERSION, "DatasetType": "raw", **held, "GeneratedBy": _generated_by(),
             "SourceDatasets": [{"URL": "sourcedata"}]}
        ),
    }  # fmt: skip


def derivative_description(name: str, facts: Mapping[str, Any]) -> dict[str, bytes]:
    """What the folder of metrics says of itself."""
    held = {key: facts[key] for key in ("License", "Authors") if facts.get(key)}
    text = (
        f"# Metrics of {name}\n\nOne row per metric, side and trial, with value, unit, standard deviation, status, "
        "reason and method, as landing-lab computed them from the raw recordings.\n"
    )
    return {
        "README.md": text.encode(),
        "dataset_description.json": json_bytes(
            {"Name": f"Metrics of {name}", "BIDSVersion": BIDS_VERSION, "DatasetType": "derivative", **held,
             "GeneratedBy": _generated_by(), "SourceDatasets": [{"URL": "../.."}]}
        ),
    }  # fmt: skip


def is_ours(folder: Path) -> bool:
    """Whether a folder is an export that may be replaced."""
    made = study_facts(folder).get("GeneratedBy")
    return isinstance(made, list) and any(isinstance(one, dict) and one.get("Description") == MARK for one in made)


def _generated_by() -> Sequence[Mapping[str, str]]:
    return [{"Name": "landing-lab", "Version": version(), "Description": MARK}]


def _events() -> bytes:
    return json_bytes(
        {
            "onset": {"Description": "Time from the first sample of the motion data of the trial", "Units": "s"},
            "duration": {"Description": "0 of an event, the length of a phase", "Units": "s"},
            "trial_type": {"Description": "Event or phase; landing-lab's docs/definitions.md defines each"},
            "side": {"Description": "Foot; total for both"},
            "onset_sd": {"Description": "Standard deviation of the onset of an event", "Units": "s"},
            "kind": {"Description": "Whether the row is an instant or a stretch",
                     "Levels": {"event": "an instant", "phase": "a stretch"}},
            "StimulusPresentation": {"SoftwareName": "none: the athlete is told what to do, and when"},
        }
    )  # fmt: skip


def _columns(*described: tuple[str, str]) -> bytes:
    return json_bytes({column: {"Description": told} for column, told in described})

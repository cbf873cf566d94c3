"""What is recorded in a session: which task, from where, on which leg, under which conditions; as data."""

from __future__ import annotations

import dataclasses
import re
import reprlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

from landing_lab.detect.inputs import BOX_HEIGHT_M, check_range
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.small_file import read_small
from landing_lab.io.visible import snippet, visible
from landing_lab.model.result import Task

Start: TypeAlias = Literal["box", "plates"]
Leg: TypeAlias = Literal["both", "left", "right"]
Order: TypeAlias = Literal["given", "alternating", "random"]

MAX_TRIALS: Final = 100
MAX_CONDITIONS: Final = 12
MOST_BYTES: Final = 1_000_000
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
TASKS: Final = tuple(name for name in get_args(Task) if name != "unknown")


def _check(protocol: Protocol) -> None:
    """Raise ParameterError for the first field that cannot be meant."""
    for name in ("name", "title", "task", "go", "caution"):
        if not isinstance(getattr(protocol, name), str):
            raise ParameterError(
                f"{name} of a protocol is a text; got {_short(getattr(protocol, name))}; put it in quotes"
            )
    if not NAME.fullmatch(protocol.name):
        raise ParameterError(
            f"the protocol's name {visible(protocol.name)!r} cannot become part of a file name; use up to 40 small "
            "letters, digits and _, such as hop_40cm"
        )
    for name, known in (
        ("task", TASKS),
        ("start", get_args(Start)),
        ("leg", get_args(Leg)),
        ("order", get_args(Order)),
    ):
        if getattr(protocol, name) not in known:
            raise ParameterError(
                f"the protocol {protocol.name} says {name} = {_short(getattr(protocol, name))}; "
                f"choose one of {', '.join(known)}"
            )
    if isinstance(protocol.n_trials, bool) or not isinstance(protocol.n_trials, int):
        raise ParameterError(f"n_trials of {protocol.name} is a whole number; got {_short(protocol.n_trials)}")
    if not 1 <= protocol.n_trials <= MAX_TRIALS:
        raise ParameterError(
            f"{_short(protocol.n_trials)} trials were asked for; choose 1 to {MAX_TRIALS} per condition"
        )
    check_range("box_height_m", protocol.box_height_m, *BOX_HEIGHT_M, unit="m")
    _check_conditions(protocol)


def _short(value: object) -> str:
    """A value of a file as it is shown: one short line, however deep or long it is."""
    return snippet(reprlib.repr(value))


def _check_conditions(protocol: Protocol) -> None:
    conditions = protocol.conditions
    if not isinstance(conditions, tuple) or not all(isinstance(one, str) for one in conditions):
        raise ParameterError(
            f"conditions of {protocol.name} are a list of names; got {_short(conditions)}; write them as "
            'conditions = ["flat", "heel_lift"]'
        )
    if len(conditions) > MAX_CONDITIONS or len(set(conditions)) < len(conditions):
        raise ParameterError(
            f"conditions of {protocol.name}: {len(conditions)} were given; name up to {MAX_CONDITIONS}, each once"
        )
    for condition in conditions:
        if not NAME.fullmatch(condition):
            raise ParameterError(
                f"the condition {visible(str(condition))!r} cannot become part of a file; use small letters, digits "
                "and _, such as heel_lift"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One way to jump, and how often.

    task: what the analysis is expected to find; another one is shown, never forced. start: from where the trial
    begins; a box is stepped off, from the plates one jumps. n_trials: per condition. order: of the conditions.
    caution: what this protocol cannot tell, in a sentence.
    """

    name: str
    title: str
    task: str
    start: Start
    leg: Leg = "both"
    box_height_m: float | None = None
    n_trials: int = 5
    conditions: tuple[str, ...] = ()
    order: Order = "given"
    go: str = ""
    caution: str = ""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def n_touchdowns(self) -> int:
        """Contacts with the plates in one trial, the landing included and standing before it left out."""
        return 2 if self.task == "drop_jump" else 1


SINGLE_LEG_CAUTION: Final = (
    "one foot alone: nothing is compared between the feet; if the other foot lands too, the trial is marked"
)

_DROP_JUMP = Protocol(
    name="drop_jump",
    title="Drop jump",
    task="drop_jump",
    start="box",
    box_height_m=0.30,
    go="step off the box, jump at once as high as you can",
)
_DROP_LANDING = Protocol(
    name="drop_landing",
    title="Drop landing",
    task="drop_landing",
    start="box",
    box_height_m=0.30,
    go="step off the box, land and stay",
)
_COUNTERMOVEMENT = Protocol(
    name="countermovement_jump",
    title="Countermovement jump",
    task="countermovement_jump",
    start="plates",
    go="bend quickly and jump as high as you can",
)


def _one_leg(protocol: Protocol, leg: Leg) -> Protocol:
    return dataclasses.replace(
        protocol,
        name=f"single_leg_{protocol.name}_{leg}",
        title=f"Single-leg {protocol.title.lower()}, {leg}",
        leg=leg,
        box_height_m=0.15,
        n_trials=3,
        go=f"{protocol.go}, on the {leg} foot",
        caution=SINGLE_LEG_CAUTION,
    )


def _contrast(suffix: str, title: str, conditions: tuple[str, ...], order: Order, caution: str = "") -> Protocol:
    return dataclasses.replace(
        _DROP_JUMP,
        name=f"drop_jump_{suffix}",
        title=f"Drop jump, {title}",
        conditions=conditions,
        order=order,
        n_trials=3,
        caution=caution,
    )


PROTOCOLS: Final[tuple[Protocol, ...]] = (
    _DROP_JUMP,
    _one_leg(_DROP_JUMP, "left"),
    _one_leg(_DROP_JUMP, "right"),
    _COUNTERMOVEMENT,
    _DROP_LANDING,
    _one_leg(_DROP_LANDING, "left"),
    _one_leg(_DROP_LANDING, "right"),
    _contrast("heel_lift", "flat against heel lift", ("flat", "heel_lift"), "alternating"),
    _contrast(
        "fatigue",
        "before and after fatigue",
        ("pre_fatigue", "post_fatigue"),
        "given",
        "the order cannot be turned round, so fatigue cannot be told from practice",
    ),
    _contrast("arch_support", "shod against arch support", ("shod", "arch_support"), "alternating"),
    _contrast("cue", "uncued against cued", ("uncued", "cued"), "random"),
)


def protocol_of(wanted: str) -> Protocol:
    """The protocol of this name, or from a TOML file. Raises ParameterError where there is neither."""
    for protocol in PROTOCOLS:
        if protocol.name == wanted:
            return protocol
    if wanted.endswith(".toml"):
        return read_protocol(Path(wanted))
    raise ParameterError(
        f"there is no protocol {visible(wanted)!r}; choose one of {', '.join(one.name for one in PROTOCOLS)}, or name "
        "a .toml file (landing-lab record --list-protocols shows what they are)"
    )


def with_conditions(protocol: Protocol, conditions: Sequence[str], order: str | None) -> Protocol:
    """The protocol with other conditions or another order of them. Raises ParameterError as Protocol does."""
    if order is not None and order not in get_args(Order):
        raise ParameterError(f"there is no order {order!r}; choose one of {', '.join(get_args(Order))}")
    chosen: Order = next((one for one in get_args(Order) if one == order), protocol.order)
    return dataclasses.replace(protocol, conditions=tuple(conditions) or protocol.conditions, order=chosen)


def read_protocol(path: Path) -> Protocol:
    """A lab's own protocol: the fields of Protocol in a TOML file. Raises ParameterError with what is wrong in it."""
    try:
        found = tomllib.loads(read_small(path, most_bytes=MOST_BYTES).decode("utf-8-sig"))
    except FileFormatError as error:
        raise ParameterError(f"the protocol cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:  # also a number of more digits than Python takes
        raise ParameterError(f"the protocol {path} is no TOML: {snippet(str(error))}; mend that line") from error
    known = {field.name: field for field in dataclasses.fields(Protocol)}
    unknown = sorted(set(found) - set(known))
    if unknown:
        raise ParameterError(
            f"the protocol {path} says {visible(unknown[0])!r}, which no protocol has; it may say {', '.join(known)}"
        )
    missing = [name for name in ("name", "task", "start") if name not in found]
    if missing:
        raise ParameterError(f"the protocol {path} does not say its {missing[0]}; add a line {missing[0]} = ...")
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
    title = found["name"].replace("_", " ").capitalize() if isinstance(found["name"], str) else ""
    return Protocol(**{"title": title, **values})

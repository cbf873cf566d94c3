"""What there is to type for `landing-lab record`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from landing_lab.app.options import InsoleLayouts, Ports


def record(
    port: Ports = None,
    sim: Annotated[bool, typer.Option("--sim", help="Start simulated boards and record them.")] = False,
    dataset: Annotated[Path, typer.Option(help="Folder of all recordings, made where it is missing.")] = Path(
        "landing-lab-data"
    ),
    participant: Annotated[str, typer.Option(help="A pseudonym: letters and digits only, never a name.")] = "01",
    protocol: Annotated[
        str, typer.Option(help="What is done: a name from --list-protocols, or a .toml file.")
    ] = "drop_jump",
    trials: Annotated[
        int | None, typer.Option(min=1, max=100, help="How many to accept, per condition; else as the protocol says.")
    ] = None,
    conditions: Annotated[str | None, typer.Option(help="Conditions to compare, such as flat,heel_lift.")] = None,
    order: Annotated[str | None, typer.Option(help="Of the conditions: given, alternating or random.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of the random order; drawn and stored if left out.")] = None,
    session: Annotated[str | None, typer.Option(help="Continue this session, such as 02.")] = None,
    new_session: Annotated[
        bool, typer.Option("--new-session", help="Begin another, even where one is unfinished.")
    ] = False,
    mass_kg: Annotated[float | None, typer.Option(help="Body mass, for trials without quiet standing.")] = None,
    box_height_m: Annotated[float | None, typer.Option(help="Height of the box; else as the protocol says.")] = None,
    calibration: Annotated[
        list[Path] | None, typer.Option(help="Calibration file to use instead of the dataset's newest. Repeatable.")
    ] = None,
    insole_layout: InsoleLayouts = None,
    operator: Annotated[str | None, typer.Option(help="Who records: initials; stored with each trial.")] = None,
    note: Annotated[str | None, typer.Option(help="Stored with each trial, such as shoes or surface.")] = None,
    max_duration_s: Annotated[
        float, typer.Option(help="Longest wait from ready to landed; trials end by themselves.")
    ] = 120.0,
    auto_accept: Annotated[
        bool, typer.Option("--auto-accept", help="Ask nobody: accept what passes all gates, repeat the rest.")
    ] = False,
    bell: Annotated[
        bool, typer.Option("--bell", help="Ring when the athlete may begin and when a trial is over.")
    ] = False,
    lsl: Annotated[
        bool, typer.Option("--lsl", help="Also send samples and markers to the Lab Streaming Layer, while they come.")
    ] = False,
    lsl_wait_s: Annotated[
        float, typer.Option(min=0.0, max=3600.0, help="With --lsl: how long to wait for somebody who records it.")
    ] = 30.0,
    list_protocols: Annotated[bool, typer.Option("--list-protocols", help="Show the protocols and stop.")] = False,
) -> None:
    """Record trials from connected boards, judge each, and report those accepted.

    Each trial arms itself, ends itself and shows its numbers; then one key accepts, rejects or repeats it. A session
    that was left or cut off is continued by the same command. The raw data go to disk while they arrive.

    Example: landing-lab record --participant P07 --protocol drop_jump_heel_lift --bell

    Example: landing-lab record --sim --trials 2 --auto-accept
    """
    from landing_lab.app.record.interrupt import interruptible

    def run() -> int:
        from landing_lab.app.record.facts import SessionSettings
        from landing_lab.app.record.run import RecordSettings, print_protocols, protocol_wanted, run_record

        if list_protocols:
            print_protocols()
            return 0
        chosen = protocol_wanted(protocol, conditions, order)
        if trials is not None:
            chosen = dataclasses.replace(chosen, n_trials=trials)
        if box_height_m is not None:
            chosen = dataclasses.replace(chosen, box_height_m=box_height_m)
        entered = SessionSettings(
            mass_kg=mass_kg,
            box_height_m=chosen.box_height_m,
            max_duration_s=max_duration_s,
            auto_accept=auto_accept,
            operator=operator,
            note=note,
        )
        settings = RecordSettings(
            dataset=dataset,
            participant=participant,
            protocol=chosen,
            session=entered,
            seed=seed,
            continued=session,
            new_session=new_session,
            calibrations=tuple(calibration or ()),
            layouts=tuple(insole_layout or ()),
            bell=bell,
            lsl=lsl,
            lsl_wait_s=lsl_wait_s,
        )
        return run_record(port or [], settings, simulated=sim)

    raise typer.Exit(interruptible(run))

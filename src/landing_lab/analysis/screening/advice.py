"""What to do next: the programme that helps everyone, and what belongs to a chain that was named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from landing_lab.analysis.evidence.claim import Chain, Grade
from landing_lab.analysis.evidence.registry import EvidenceTable
from landing_lab.analysis.screening.finding import Finding

Strategy: TypeAlias = Literal["programme", "strength", "mobility", "neuromuscular", "footwear", "check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing to do: kind, words, how well it is supported (the weakest of its rows), and by which rows."""

    strategy: Strategy
    text: str
    grade: Grade
    evidence: tuple[str, ...]
    chain: Chain | None = None


@dataclass(frozen=True, slots=True)
class _Step:
    strategy: Strategy
    text: str
    evidence: tuple[str, ...]


EVERYONE: Final = _Step(
    "programme",
    "Warm up with a neuromuscular training programme (jumps, balance, strength), all season, the whole team: train "
    "everyone, do not wait for a flag. There were about half as many ACL injuries in female teams that trained this "
    "way (odds ratio 0.51, 0.37 to 0.69; 108 trained for one injury less). All of that is from female athletes.",
    ("prevention-nmt-or051",),
)
BY_CHAIN: Final[dict[Chain, tuple[_Step, ...]]] = {
    "ankle": (
        _Step(
            "mobility",
            "Work on bending the ankle: calf stretches, lunges with the heel down, daily; repeat the lunge test after "
            "six weeks. That this changes the knee is plausible, not shown.",
            ("ankle-mobility-plausible",),
        ),
        _Step(
            "neuromuscular",
            "Practise slow squats with a mirror or live feedback of your loads, at first with raised heels.",
            ("cue-biofeedback",),
        ),
    ),
    "hip": (
        _Step(
            "strength",
            "Strengthen the hips to the side and outwards, inside a whole programme: strength alone did not clearly "
            "change how the knee moved in a small trial.",
            ("strength-alone-valgus-null",),
        ),
        _Step(
            "neuromuscular",
            "Add balance and jumping technique for eight weeks; a programme of all of it improved the movement in a "
            "small trial.",
            ("programme-kinematics-rct",),
        ),
    ),
    "control": (
        _Step(
            "neuromuscular",
            "Practise landings with feedback (mirror, video, live loads) and balance on one leg; watch the time until "
            "you stand still.",
            ("cue-biofeedback", "balance-training-tts"),
        ),
    ),
    "sagittal": (
        _Step(
            "neuromuscular",
            "Practise soft landings: bend knees and hips more, land quietly. Training raised knee bending in landings.",
            ("training-knee-flexion",),
        ),
    ),
    "foot": (
        _Step(
            "footwear",
            "Compare landings with and without arch support in one session before buying anything; expect about one "
            "degree at the knee.",
            ("arch-support-dj",),
        ),
    ),
    "structural": (
        _Step(
            "check",
            "Have bone structure looked at by somebody who can; landings cannot show it.",
            ("referral-consensus",),
        ),
    ),
}
AFTER_ACL: Final = _Step(
    "check",
    "Show the load sharing to whoever looks after your rehabilitation, and measure it again with the same set-up.",
    ("asymmetry-after-aclr-meta",),
)


def advice(
    named: Sequence[Chain],
    *,
    stiff: bool,
    uneven_after_acl: bool,
    table: EvidenceTable,
    found: Sequence[Finding] = (),
) -> tuple[Advice, ...]:
    """Everyone's programme first, then what belongs to the chains that were named.

    stiff: the landing itself was measured as stiff; soft landings are practised for that, whatever the knee does.
    uneven_after_acl: an injured leg was seen to take less. found: what stands out in them without a step of its own
    gets a neutral one, which claims no cause.
    """
    steps = [_advice(EVERYONE, None, table)]
    chains: list[Chain] = list(named)
    if stiff:
        chains.append("sagittal")
    steps += [_advice(step, chain, table) for chain in dict.fromkeys(chains) for step in BY_CHAIN[chain]]
    if uneven_after_acl:
        steps.append(_advice(AFTER_ACL, None, table))
    done = {*chains, *(("load_sharing",) if uneven_after_acl else ())}
    outside = [one for one in found if one.state == "outside" and not one.struck]
    without = [one for one in outside if done.isdisjoint((one.chain, one.id))]
    if without:
        steps.append(_advice(_show(without), None, table))
    return tuple(steps)


def _show(found: Sequence[Finding]) -> _Step:
    """Show it and measure it again: all that can be said of what stands out where nothing is known to come from it."""
    what = ", ".join(dict.fromkeys(one.label for one in found))
    again = "repeat the lunge test" if all(one.id == "lunge" for one in found) else "measure it again another day"
    ids = tuple(dict.fromkeys(one.evidence[0] for one in found))
    text = f"Show what stands out to whoever trains you ({what}), and {again} before you read anything into it."
    return _Step("check", text, ids)


def _advice(step: _Step, chain: Chain | None, table: EvidenceTable) -> Advice:
    grade = max(table.claim(one).grade for one in step.evidence)
    return Advice(strategy=step.strategy, text=step.text, grade=grade, evidence=step.evidence, chain=chain)

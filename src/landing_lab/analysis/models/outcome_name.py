"""Which outcomes a model may predict for one athlete: what a laboratory sees, never an injury to come."""

from __future__ import annotations

import re
from typing import Final

from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name

_PARTS: Final = (
    r"injur|hurt|harm|trauma|damage|lesi[oó]n|wound|concuss|dislocat|luxat|instabil|giving_?way|swell",
    r"ruptur|tear|torn|sprain|(?<!con)(?<!re)strain|fractur|broken|bruise|avuls",
    r"menis[ck]|cruciat|kreuzband|ligament|tend[io]n|patell|(^|_)(acl|pcl|mcl|lcl|acj?lr|pfps?|itbs)(_|$)",
    r"surg|(?<!co)operat|(^|_)op(_|$)|reconstruct|arthrosc|rehab|hospital|medical|clinic",
    r"time_?loss|lost_?(time|days)|days_?(lost|missed|out)|missed_|absen[ct]|sidelined|unavailab",
    r"pain|(^|_)ache|(^|_)sore(_|$|n)|symptom|complaint|schmerz|douleur|dolor",
    r"verletz|riss(_|$|e)|bruch(_|$)|zerrung|ausfall|blessure|déchirure|desgarro|rotura|infortuni|strappo",
)
_MORE: Final = (
    r"(^|_)(lca|lcp|vkb|hkb|inj|reinj)(_|$)",
    r"(^|_)(a_?c_?l|l_?c_?a|v_?k_?b|m_?c_?l|p_?c_?l)(_|$)",
)
_INJURY: Final = re.compile("|".join((*_PARTS, *_MORE)))
"""An injury, what comes of one, or what it is treated with, in a name with _ between its words."""


def is_injury(outcome: str) -> bool:
    """Whether the name of an outcome speaks of an injury, of pain, or of what comes of them."""
    # capitals end a word (ACLTear, kneeACL), and digits do: knee_inj2
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", outcome)
    return any(_INJURY.search(re.sub(r"[\W\d_]+", "_", one).lower()) for one in (words, outcome))


def refuse_injury(outcome: str) -> None:
    """Raises ParameterError where a model for single athletes is asked of an injury."""
    if is_injury(outcome):
        raise ParameterError(
            f"{quoted_name(outcome)} names an injury, or pain or absence that goes with one: no model of one athlete's "
            f"injury is made, because no landing measure predicts ACL injury in pooled data (Cronström 2020) and a "
            f"laboratory never has the thousands of athletes it would take; estimate an association with "
            f"`landing_lab.fit_gee`, or model what a rater saw, such as valgus_landing"
        )

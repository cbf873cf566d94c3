"""What a local model says about one athlete."""

from __future__ import annotations

from dataclasses import dataclass

from landing_lab.io.visible import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Probability (0-1) that a rater of this laboratory would record the model's outcome, with a 95 % interval.

    The interval is the model's own uncertainty (coefficients refitted on athletes drawn with replacement), not that
    of the measured inputs. filled: predictors that were missing and took the laboratory's mean.
    """

    outcome: str
    probability: float
    low: float
    high: float
    validated: bool
    filled: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """In words, with what it is not."""
        trust = "" if self.validated else " This model is not validated: do not act on it."
        filled = (
            f" Missing and filled with the laboratory's mean: {visible(', '.join(self.filled))}." if self.filled else ""
        )
        return (
            f"Probability of '{visible(self.outcome)}' as this laboratory records it: {self.probability:.2f} "
            f"(95 % interval {self.low:.2f} to {self.high:.2f}).{filled}{trust}"
        )

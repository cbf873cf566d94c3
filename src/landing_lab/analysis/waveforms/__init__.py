"""Whole curves over a phase, compared by permutation."""

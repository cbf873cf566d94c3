"""The kernel of permutation tests against textbook formulas, node by node."""

from __future__ import annotations

import pytest

from kernels.compare_permutation import compare_permutations


@pytest.mark.parametrize("seed", range(40))
def test_every_permutation_is_the_textbooks(seed: int) -> None:
    compare_permutations(seed)

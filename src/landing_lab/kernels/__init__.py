"""Numba functions of arrays and scalars; `_jit.py` alone chooses numba options."""

"""How well the numbers of a laboratory repeat, and conditions compared."""

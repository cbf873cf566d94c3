"""landing-lab: drop-jump landings from insoles, load-cell plates and force plates, with honest numbers."""

__version__ = "0.1.0"

"""Datasets to try things on: the simulated example study, and public ones."""

"""Fitting a laboratory's own models."""

"""Frozen types, units and layouts that travel between rooms; numpy only."""

"""Simulated bodies, feet, sensors and links with known truth; everything follows from a seed."""

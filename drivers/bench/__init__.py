"""The compiled sketches run on a simulated ATmega: for tests, and for people who have no board yet."""

"""A dataset as BIDS: force as motion data, insoles as physiological recordings, raw files as source data."""

"""`landing-lab bids`: a dataset for people and programs that know BIDS."""

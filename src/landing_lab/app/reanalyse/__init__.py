"""`landing-lab reanalyse`: every number again from the raw files."""

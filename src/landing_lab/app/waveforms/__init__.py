"""`landing-lab waveforms`: whole curves compared."""

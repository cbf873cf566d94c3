"""The example study: 24 simulated athletes as `landing-lab record` would have left them, and the truth beside it."""

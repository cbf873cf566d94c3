"""`landing-lab inputs`: what a laboratory enters beside the sensors."""

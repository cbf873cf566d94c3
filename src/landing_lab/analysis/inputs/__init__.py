"""What a laboratory enters beside the sensors: history, field tests, observations, symptoms."""

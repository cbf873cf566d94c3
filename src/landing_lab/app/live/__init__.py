"""What is going on right now, while a trial is recorded."""

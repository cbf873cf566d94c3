"""What every front end on a terminal needs."""

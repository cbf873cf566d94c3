"""`landing-lab calibrate`: guided calibrations, and their front end on the terminal."""

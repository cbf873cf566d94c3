"""`landing-lab record`: sessions of trials, and their front end on the terminal."""

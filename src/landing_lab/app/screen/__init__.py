"""`landing-lab screen`: what may be said of one athlete's landings, and the evidence behind it."""

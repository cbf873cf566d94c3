"""`python -m landing_lab`: the same as the command landing-lab."""

from landing_lab.app.entry import main

main()

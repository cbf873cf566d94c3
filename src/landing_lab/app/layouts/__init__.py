"""`landing-lab layouts`: the layouts of insoles that ship, and whether a lab's own can be used."""

"""How well a number repeats: the error file of a laboratory, and the statistics it is made of."""

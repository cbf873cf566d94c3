"""Work over several processes: the pool, how each starts, Ctrl-C meanwhile, and how far it is."""

"""The command line; the only room where acquire meets detect."""

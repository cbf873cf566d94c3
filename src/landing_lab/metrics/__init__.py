"""One file per family of metrics, one function per metric."""

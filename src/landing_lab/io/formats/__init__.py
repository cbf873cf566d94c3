"""One file per format, each exporting FORMAT."""

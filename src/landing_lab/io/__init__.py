"""Read and write files; one file per format under `formats/`."""

"""One force signal per foot out of what a recording holds."""

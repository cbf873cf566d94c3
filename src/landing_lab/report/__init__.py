"""Tables, figures and pages; formats results, computes none."""

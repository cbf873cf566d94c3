"""Relations in a cohort, fitted so that repeated trials and small samples cannot flatter them."""

"""All trials of a dataset at once: one table, norms, trends, queries; over processes or a cluster."""

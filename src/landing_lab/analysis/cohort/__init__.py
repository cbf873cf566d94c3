"""All trials of a dataset in one table, norms by group, trends of one athlete."""

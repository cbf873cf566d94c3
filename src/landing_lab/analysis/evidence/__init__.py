"""What has been published, row by row, with a grade: the only source of what reports may say."""

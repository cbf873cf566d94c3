"""What makes the documentation site beside Sphinx: sources, generated pages, and the check of what was built."""

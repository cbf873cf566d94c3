"""From open links to a recording on disk."""

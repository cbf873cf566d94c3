"""From open links to a recording on disk; the only room with threads."""

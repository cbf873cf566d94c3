"""What the page draws while it happens."""

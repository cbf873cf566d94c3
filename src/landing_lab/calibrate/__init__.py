"""From device units to physical ones: counts to newton, ticks to seconds."""

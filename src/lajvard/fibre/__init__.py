"""The fibre line: what it can carry, how often it fails, what it costs, and what it is worth."""

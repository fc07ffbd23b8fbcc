"""The fibre line: where the cable lies, what it can carry, how often it fails, what it is worth."""

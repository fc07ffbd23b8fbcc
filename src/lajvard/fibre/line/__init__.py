"""The line: its ways by land and sea, availability, cost, and what it is worth at borders."""

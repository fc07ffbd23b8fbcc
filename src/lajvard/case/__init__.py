"""The case: what a corridor is on one day under one scenario, read once for all engines."""

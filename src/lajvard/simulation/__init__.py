"""A simulated time of a corridor: consignments that move, queue, wait and arrive."""

"""The seabed: depth, cost of laying a cable, and least-cost paths over it."""

"""Studies: scenarios and replications, simulated, kept and compared."""

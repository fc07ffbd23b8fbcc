"""The twin: a case as the model of a simulation, with its steps, stations, gates and lines."""

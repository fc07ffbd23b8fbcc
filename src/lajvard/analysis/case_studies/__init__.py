"""Case studies: what happened on a corridor, beside what the twin says of it."""

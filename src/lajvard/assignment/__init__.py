"""Assignment: flows on networks that fill up, in equilibrium. It knows arrays, not corridors."""

"""The fibre line of a corridor: the cable on the seabed, its legs on land, what it carries."""

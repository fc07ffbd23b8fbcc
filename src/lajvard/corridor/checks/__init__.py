"""Checks of a description: cells, networks, borders, operations, places, cables."""

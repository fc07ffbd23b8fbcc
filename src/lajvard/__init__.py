"""Lajvard: an open observatory and digital twin for transit corridors."""

__version__ = "0.1.0"

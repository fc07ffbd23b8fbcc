"""Optics: noise of amplified fibre, and designs of lines."""

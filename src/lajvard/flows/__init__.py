"""Flows: who takes which route, and what that does to the queues."""

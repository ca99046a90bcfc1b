"""Simulate failures between machines on this one, from a seed: for chapters 5 and 6."""

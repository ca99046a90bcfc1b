"""Rooms 5 and 6: failures between machines, simulated on this one from a seed."""

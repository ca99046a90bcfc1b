"""Rooms 5 and 6: what goes wrong between machines, made to happen on this one, with a seed."""

"""From a design-level board to Python: deciders and their given/when/then tests."""

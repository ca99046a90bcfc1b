"""A board as a picture: layout, lettering, SVG, film strips."""

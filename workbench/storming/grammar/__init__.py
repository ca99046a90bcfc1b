"""The grammar of a board: which questions it still leaves open."""

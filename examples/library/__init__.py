"""A lending library: three aggregates, a rule across them, a read model and HTTP. Read `README.md` first."""

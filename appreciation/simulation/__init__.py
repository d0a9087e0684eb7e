"""Living through days to come in a private copy of the store: the real stages, nothing leaves."""

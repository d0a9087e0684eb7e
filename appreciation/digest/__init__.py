"""What the owner is told by email: what went, what waits, what failed, what is next."""

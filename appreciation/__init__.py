"""Notes of appreciation for the customers of a small business, once and on time."""

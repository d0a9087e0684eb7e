"""Notes of appreciation for the customers of a small business, once and on time."""

import logging

# Only `run` tells what it does while it does it; everybody else gets an answer.
logging.getLogger(__name__).addHandler(logging.NullHandler())

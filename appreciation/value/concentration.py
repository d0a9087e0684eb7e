"""How much of a shop's money comes from how few of its customers."""

from collections.abc import Iterable
from itertools import accumulate
from math import ceil

# Of the best tenth of the customers, and so on.
SHARES = (0.01, 0.05, 0.1, 0.2, 0.5, 1.0)


def concentration(amounts: Iterable[int]) -> list[tuple[float, int, float]]:
    """Return (share of customers, how many they are, share of the money), the best first.

    Who brought nothing counts as a customer, with 0. Empty where there is no
    money to share. A share too small for one customer is left out.
    """
    falling = sorted((max(amount, 0) for amount in amounts), reverse=True)
    so_far = list(accumulate(falling))
    if not so_far or not so_far[-1]:
        return []
    found = {}
    for share in SHARES:
        many = ceil(len(falling) * share)
        if share * len(falling) >= 1:
            found[many] = share, many, so_far[many - 1] / so_far[-1]
    return list(found.values())


def half(amounts: Iterable[int]) -> int:
    """Return how few customers bring half of the money; 0 where there is none."""
    falling = sorted((max(amount, 0) for amount in amounts), reverse=True)
    so_far = accumulate(falling)
    whole = sum(falling)
    return next((n for n, sum_ in enumerate(so_far, start=1) if whole and 2 * sum_ >= whole), 0)

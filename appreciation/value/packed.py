"""A large mapping in little memory: the ids in a column, found by halving."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")


class ById(Mapping[int, T]):
    """What belongs to each id. A dictionary takes four times the memory."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._values: list[T] = []

    def append(self, each: int, value: T) -> None:
        """Add what belongs to an id that is larger than every other.

        Raises:
            ValueError: it is not.
        """
        if self._ids and each <= self._ids[-1]:
            raise ValueError(f"{each} does not come after {self._ids[-1]}")
        self._ids.append(each)
        self._values.append(value)

    def __getitem__(self, each: int) -> T:
        at = bisect_left(self._ids, each)
        if at == len(self._ids) or self._ids[at] != each:
            raise KeyError(each)
        return self._values[at]

    def __iter__(self) -> Iterator[int]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def in_pairs(self) -> Iterator[tuple[int, T]]:
        """Return each id with what belongs to it, without looking for it."""
        return zip(self._ids, self._values, strict=True)

    def column(self) -> list[T]:
        """Return what belongs to the ids, in their order; not to be changed."""
        return self._values

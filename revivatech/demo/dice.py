"""Chance that falls the same way every time: dice named after what they are thrown for."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")
SEED = 20_261_122


class Dice(random.Random):
    """One stream of chance; nothing is guarded by its numbers, they only have to be the same again."""

    @classmethod
    def named(cls, *name: object) -> "Dice":
        """Return the dice of this name."""
        return cls(":".join(map(str, (SEED, *name))))

    def chance(self, share: float) -> bool:
        """Tell whether something happens that happens in this share of all cases."""
        return self.random() < share

    def pick(self, of: Sequence[T]) -> T:
        """Return one of equals."""
        return of[int(self.random() * len(of))]

    def weigh(self, of: Mapping[T, float]) -> T:
        """Return one of unequals."""
        left = self.random() * sum(of.values())
        for one, weight in of.items():
            left -= weight
            if left < 0:
                return one
        return list(of)[-1]

    def minutes(self, least: float, most: float) -> timedelta:
        """Return a stretch of so many minutes, to the second."""
        return timedelta(seconds=int(60 * (least + (most - least) * self.random())))

    def id(self, at: datetime) -> UUID:
        """Return an id as `core.ids.uuid7` would have made it at a moment."""
        value = (int(at.timestamp() * 1000) & (1 << 48) - 1) << 80 | self.getrandbits(80)
        return UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)

"""A text that was laid out once, with places for what is personal: filling them joins strings.

While it is laid out, a mark stands in each place. A mark is made of random letters, so that nothing
that staff wrote passes for one; what is filled in afterwards is never searched for marks.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, zip_longest

from surveys.delivery.placeholders import Place
from surveys.tokens import new_public_id


@dataclass(frozen=True)
class Pattern:
    """The texts around the places; of texts there is one more."""

    texts: tuple[str, ...]
    places: tuple[Place, ...]

    def fill(self, values: Mapping[str, str], *, escape: Callable[[str], str] = str) -> str:
        """Return the text for one person, each value after `escape`. Raises PlaceholderEmpty."""
        filled = [escape(place.read(values)) for place in self.places]
        return "".join(chain.from_iterable(zip_longest(self.texts, filled, fillvalue="")))


class Marks:
    """The marks of one laying out."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._random = new_public_id()

    def put(self, place: Place) -> str:
        """Return a mark that stands for `place`."""
        self._places.append(place)
        return f"m{self._random}{len(self._places) - 1:04d}m"

    def read(self, text: str) -> Pattern:
        """Return `text` parted at its marks."""
        texts = re.split(rf"m{self._random}(\d{{4}})m", text)
        return Pattern(
            texts=tuple(texts[::2]),
            places=tuple(self._places[int(number)] for number in texts[1::2]),
        )

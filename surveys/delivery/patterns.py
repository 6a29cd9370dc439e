"""A text that was laid out once, with places for what is personal: filling them joins strings.

While it is laid out, a mark stands in each place. A mark is made of random letters, so that nothing
that staff wrote passes for one; what is filled in afterwards is never searched for marks.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from surveys.delivery.placeholders import Place
from surveys.tokens import new_public_id


@dataclass(frozen=True)
class Pattern:
    """The texts around the places, and in `order` which of the `places` stands in each gap."""

    texts: tuple[str, ...]
    places: tuple[Place, ...]
    order: tuple[int, ...]

    def fill(self, values: Mapping[str, str], *, write: Callable[[str], str] = str) -> str:
        """Return the text for one person, each value as `write` has it. Raises PlaceholderEmpty."""
        written = [write(place.read(values)) for place in self.places]
        pieces = [""] * (len(self.texts) + len(self.order))
        pieces[::2] = self.texts
        pieces[1::2] = [written[number] for number in self.order]
        return "".join(pieces)

    def translate(self, write: Callable[[str], str]) -> "Pattern":
        """Return the same pattern with its texts as `write` has them."""
        return replace(self, texts=tuple(map(write, self.texts)))


class Marks:
    """The marks of one laying out."""

    def __init__(self) -> None:
        self._numbers: dict[Place, int] = {}
        self._random = new_public_id()

    def put(self, place: Place) -> str:
        """Return a mark that stands for `place`."""
        number = self._numbers.setdefault(place, len(self._numbers))
        return f"m{self._random}{number:04d}m"

    def read(self, text: str) -> Pattern:
        """Return `text` parted at its marks."""
        texts = re.split(rf"m{self._random}(\d{{4}})m", text)
        numbers = [int(number) for number in texts[1::2]]
        used = list(dict.fromkeys(numbers))
        places = list(self._numbers)
        return Pattern(
            texts=tuple(texts[::2]),
            places=tuple(places[number] for number in used),
            order=tuple(used.index(number) for number in numbers),
        )

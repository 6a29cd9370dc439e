"""Names of columns: one for every format, so that a file of one is understood beside another.

Source: IBM SPSS Statistics, rules for variable names.
"""

import re

LONGEST_NAME = 64
# Which SPSS keeps for its own language, in any case.
RESERVED = frozenset(
    ("all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with")
)
_FOREIGN = re.compile(r"[^A-Za-z0-9_]")


def make_name(wished: str, taken: set[str]) -> str:
    """Return `wished` as a name that SPSS takes and that none of `taken` has; notes it there.

    Letters, digits and `_`, a letter first, at most 64. `taken` holds lower-case names: SPSS makes
    no difference of case.
    """
    name = _FOREIGN.sub("_", wished)
    if not name[:1].isalpha() or name.lower() in RESERVED:
        name = f"q_{name}"
    found, number = name[:LONGEST_NAME], 1
    while found.lower() in taken:
        number += 1
        ending = f"_{number}"
        found = name[: LONGEST_NAME - len(ending)] + ending
    taken.add(found.lower())
    return found

"""The faults of a definition file, one line each: where, and what."""

from collections.abc import Iterator, Sequence

from surveys.building.faults import Fault
from surveys.cli.output import Result, say


def tell_faults(faults: Sequence[Fault]) -> Iterator[str]:
    """Yield a line for each fault: its place, its line where known, the sentence."""
    for fault in faults:
        yield f"  {_place_words(fault)}{_sentence(fault)}"


def list_faults(faults: Sequence[Fault]) -> list[Result]:
    """Return the faults for machines: place, message, line where known."""
    return [
        {
            "place": fault.place,
            "message": _sentence(fault),
            **({} if fault.line is None else {"line": fault.line}),
        }
        for fault in faults
    ]


def _sentence(fault: Fault) -> str:
    return say(fault.message, **fault.params)


def _place_words(fault: Fault) -> str:
    line = "" if fault.line is None else say("line %(line)s", line=fault.line)
    if fault.place and line:
        return f"{fault.place} ({line}): "
    return f"{fault.place or line}: " if fault.place or line else ""

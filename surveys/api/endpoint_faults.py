"""Where a receiver's field that a room refuses stands in the request."""

from collections.abc import Iterator
from contextlib import contextmanager

from surveys.api.refusals import Fault, InvalidRequest
from surveys.api.words import Sentence
from surveys.webhooks.refusals import EndpointFault


@contextmanager
def faults_in_place() -> Iterator[None]:
    """Tell a refused field by its pointer. Raises InvalidRequest for EndpointFault."""
    try:
        yield
    except EndpointFault as fault:
        message = Sentence(fault.message, **fault.params)
        raise InvalidRequest(faults=[Fault(f"#/body/{fault.field}", message)]) from fault

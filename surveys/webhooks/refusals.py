"""What is refused to whoever sets up a receiver; kin share a code and differ in the sentence."""

from typing import ClassVar

from surveys.errors import N_, DonutError


class EndpointNotFound(DonutError):
    """No receiver of this world has this id, or it was deleted."""

    code: ClassVar[str] = "endpoint_not_found"
    status: ClassVar[int] = 404
    message: ClassVar[str] = N_("This receiver doesn't exist.")


class EndpointMoved(DonutError):
    """The receiver was changed since it was read."""

    code: ClassVar[str] = "endpoint_moved"
    status: ClassVar[int] = 412
    message: ClassVar[str] = N_(
        "This receiver was changed meanwhile. Look at it again; nothing was changed."
    )


class TooManyEndpoints(DonutError):
    """There are as many receivers as may be."""

    code: ClassVar[str] = "too_many_endpoints"
    status: ClassVar[int] = 409
    message: ClassVar[str] = N_(
        "There are %(most)s receivers already, and there can be no more. Delete one first."
    )


class EndpointFault(DonutError):
    """A field can't be as it was given; `field` names it."""

    code: ClassVar[str] = "endpoint_fault"
    message: ClassVar[str] = N_("This can't be kept as it is.")
    field: ClassVar[str] = ""


class NameRefused(EndpointFault):
    """The name is empty, too long or breaks its line."""

    message: ClassVar[str] = N_("Give a name of 1 to %(longest)s characters on one line.")
    field: ClassVar[str] = "name"


class EventTypesRefused(EndpointFault):
    """Nothing is subscribed to, or something that nobody can subscribe to."""

    message: ClassVar[str] = N_("Choose at least one kind of event from the list.")
    field: ClassVar[str] = "event_types"


class OwnerRefused(EndpointFault):
    """The owner's address is none."""

    message: ClassVar[str] = N_("Give an e-mail address like bim@example.edu.tr.")
    field: ClassVar[str] = "owner_email"


class OverlapRefused(EndpointFault):
    """The old secret would sign for too long, or for a negative time."""

    message: ClassVar[str] = N_("The old secret can sign for 0 to %(most)s hours more.")
    field: ClassVar[str] = "overlap_hours"


class WrongState(DonutError):
    """The receiver is in a state in which this can't be done."""

    code: ClassVar[str] = "wrong_state"
    status: ClassVar[int] = 409
    message: ClassVar[str] = N_("This can't be done in the state in which it is.")


class NotVerified(WrongState):
    """Nothing but the challenge goes to a receiver that has not agreed."""

    message: ClassVar[str] = N_(
        "This receiver has not answered the verification yet. Verify it first."
    )


class Paused(WrongState):
    """Staff or the receiver's own people let nothing go to it for now."""

    message: ClassVar[str] = N_("This receiver is paused. Resume it first.")


class VerifiedAlready(WrongState):
    """The receiver has agreed to this address."""

    message: ClassVar[str] = N_("This receiver is verified already.")


class Disabled(WrongState):
    """A receiver that was switched off comes back by answering the challenge again."""

    message: ClassVar[str] = N_("This receiver is switched off. Verify it again to switch it on.")

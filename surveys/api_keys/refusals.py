"""Why a key is not made: each refusal names the field that is to blame."""

from typing import ClassVar

from surveys.errors import N_, DonutError


class KeyRefused(DonutError):
    """A key that is wanted can't be made; `field` is the field of the form, else None."""

    code = "key_refused"
    message = N_("This key can't be made.")
    field: ClassVar[str | None] = None


class NameMissing(KeyRefused):
    """Nobody would know whose key it is."""

    code = "key_name_missing"
    field = "name"
    message = N_("Say who uses the key, such as Alumni information system.")


class NameTooLong(KeyRefused):
    """A name that no list would hold."""

    code = "key_name_too_long"
    field = "name"
    message = N_("Use at most %(longest)s characters for the name.")


class NameTaken(KeyRefused):
    """A live key has this name: two that look alike could not be told apart."""

    code = "key_name_taken"
    status = 409
    field = "name"
    message = N_(
        "There is a valid key with the name %(name)s already. Make a successor of it, or choose"
        " another name."
    )


class ScopesMissing(KeyRefused):
    """A bearer key that opens nothing."""

    code = "key_scopes_missing"
    field = "scopes"
    message = N_("Choose at least one thing that the key may do.")


class ScopesUnfit(KeyRefused):
    """A hook secret does one thing only."""

    code = "key_scopes_unfit"
    field = "scopes"
    message = N_("A hook secret only asks for response rates: it takes no scopes.")


class RestrictionUnfit(KeyRefused):
    """What the key may do reaches beyond one unit or indicator, whatever the restriction says."""

    code = "key_restriction_unfit"
    field = "scopes"
    message = N_(
        "A key for one unit or one indicator can only read surveys, rates and events. Make a key of"
        " its own for the rest."
    )


class UnitUnknown(KeyRefused):
    """A misspelt unit would hide everything."""

    code = "key_unit_unknown"
    field = "unit"
    message = N_("No graduate belongs to the unit %(unit)s.")


class NetworkMalformed(KeyRefused):
    """Not a network as addresses are written."""

    code = "key_network_malformed"
    field = "networks"
    message = N_("%(network)s is no network. Write it like 10.20.0.0/16 or 193.140.1.7.")


class NetworkTooWide(KeyRefused):
    """A network that holds every address narrows nothing."""

    code = "key_network_too_wide"
    field = "networks"
    message = N_("%(network)s lets every address in. Leave the field empty for that.")


class NetworksTooMany(KeyRefused):
    """More networks than anybody keeps in order."""

    code = "key_networks_too_many"
    field = "networks"
    message = N_("Give at most %(most)s networks.")


class ExpiryUnfit(KeyRefused):
    """Every key ends, and within twelve months."""

    code = "key_expiry_unfit"
    field = "valid_for"
    message = N_("A key works for at least a day and at most 12 months.")


class HooksTooMany(KeyRefused):
    """Each is tried on every request, so there is an end to them."""

    code = "hook_secrets_too_many"
    status = 409
    field = "kind"
    message = N_("There are %(most)s valid hook secrets already. Revoke one first.")


class SuccessorExists(KeyRefused):
    """Two of a name may be valid at once, not three."""

    code = "key_successor_exists"
    status = 409
    message = N_(
        "%(name)s has a successor already. Revoke the older key once the other system uses the"
        " newer one."
    )


class KeyEnded(KeyRefused):
    """A revoked or expired key has no successor."""

    code = "key_ended"
    status = 409
    message = N_("The key of %(name)s is no longer valid. Make a new one.")


class KeyUnknown(DonutError):
    """No key has this id."""

    code = "key_unknown"
    status = 404
    message = N_("There is no key %(public_id)s. Take its eight letters from the list of keys.")

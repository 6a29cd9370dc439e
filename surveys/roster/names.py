"""What a person is found by and sorted by: two columns that follow the name and the key."""

from surveys.i18n import fold, sort_key


def index_person(*, given_name: str, family_name: str, external_id: str) -> dict[str, str]:
    """Return `search_text` and `sort_key` of a person, to be written with the three others."""
    return {
        "search_text": fold(f"{given_name} {family_name} {external_id}"),
        "sort_key": sort_key(f"{family_name} {given_name}"),
    }

"""Personal links: the published vectors, and everything that must not open one."""

import pytest

from surveys.tokens import (
    Purpose,
    is_link_genuine,
    make_link_token,
    new_public_id,
    seal,
    split_link_token,
    unseal,
)

KEY = bytes(range(32, 64))
PUBLIC_ID = "0123456789abcdef"
ANSWER = "aerukz4jvpg66mgo2leknmnihc6x45sa"


@pytest.mark.parametrize(
    ("purpose", "epoch", "token"),
    [
        (Purpose.ANSWER, 0, ANSWER),
        (Purpose.UNSUBSCRIBE, 0, "aerukz4jvpg66vqqoro4zc7qmo726h4z"),
        (Purpose.VIEW, 0, "aerukz4jvpg67qvofc3bj7nj4tnqsz2l"),
        (Purpose.ANSWER, 1, "aerukz4jvpg67i7632gx6zkyg6usf7xg"),
    ],
)
def test_link_token_matches_the_published_vector(purpose: Purpose, epoch: int, token: str) -> None:
    made = make_link_token(KEY, public_id=PUBLIC_ID, epoch=epoch, purpose=purpose)

    assert made == token


def genuine(token: str, *, epoch: int = 0, purpose: Purpose = Purpose.ANSWER) -> bool:
    split = split_link_token(token)
    return split is not None and is_link_genuine([KEY], split, epoch=epoch, purpose=purpose)


def test_link_token_opens_in_either_case() -> None:
    assert genuine(ANSWER)
    assert genuine(ANSWER.upper())


@pytest.mark.parametrize("position", range(len(ANSWER)))
def test_link_token_opens_nothing_when_one_letter_is_altered(position: int) -> None:
    other = "b" if ANSWER[position] != "b" else "c"

    assert not genuine(ANSWER[:position] + other + ANSWER[position + 1 :])


@pytest.mark.parametrize("token", ["", ANSWER[:-1], ANSWER + "a", "ı" * 32, "0" * 32, "=" * 32])
def test_link_token_of_another_shape_claims_nothing(token: str) -> None:
    assert split_link_token(token) is None


def test_link_token_opens_nothing_else_and_nothing_after_revocation() -> None:
    assert not genuine(ANSWER, purpose=Purpose.UNSUBSCRIBE)
    assert not genuine(ANSWER, epoch=1)


def test_link_token_of_an_old_key_still_opens() -> None:
    split = split_link_token(ANSWER)

    assert split is not None
    assert is_link_genuine([b"new" * 11, KEY], split, epoch=0, purpose=Purpose.ANSWER)


def test_public_ids_do_not_repeat() -> None:
    assert len({new_public_id() for _ in range(100_000)}) == 100_000


def test_sealed_secret_is_opened_by_every_key_of_the_ring_and_by_no_other() -> None:
    sealed = seal([b"old key of the ring"], "çok gizli")

    assert unseal([b"new key", b"old key of the ring"], sealed) == "çok gizli"
    assert unseal([b"new key"], sealed) is None
    assert "gizli" not in sealed

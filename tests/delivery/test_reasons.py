"""Every state and reason that the outbox can hold has words, in both languages."""

import pytest

from models import MessageState
from surveys.delivery import recovery, settling
from surveys.delivery.eligibility import Obstacle
from surveys.delivery.reasons import BRAKE_WORDS, REASON_WORDS, STATE_WORDS
from surveys.delivery.resolving import PROVED, RETRIED, Decision
from surveys.delivery.restored import RESTORED
from surveys.i18n import translate

REASONS = {
    *Obstacle,
    *Decision,
    settling.REFUSED,
    settling.REFUSED_TOO_LONG,
    settling.REFUSED_FOR_NOW,
    settling.REFUSED_BY_POLICY,
    settling.NOT_RENDERED,
    settling.LINE_LOST,
    recovery.CRASHED,
    RETRIED,
    PROVED,
    RESTORED,
}


def test_every_state_and_reason_has_words() -> None:
    assert STATE_WORDS.keys() == set(MessageState)
    assert REASON_WORDS.keys() == REASONS


@pytest.mark.parametrize(
    "words", [*STATE_WORDS.values(), *REASON_WORDS.values(), *BRAKE_WORDS.values()]
)
def test_words_are_translated(words: str) -> None:
    assert translate("tr", words) != words

"""Any text in any field is either refused at its field or comes back as it was read."""

from hypothesis import given
from hypothesis import strategies as st

from surveys.answering.conditions import Answers
from surveys.answering.faults import Fault, Unreadable
from surveys.answering.prefill import fill_fields
from surveys.answering.reading import READERS, field_names, read_answer
from surveys.building.definition import Question
from tests.questions import make_definition, make_fields

ANY_TEXT = st.text(alphabet=st.characters(codec=None), max_size=30) | st.sampled_from(
    ["a", "b", "other", "yes", "no", "0", "3", "10", "2,5", "15.03.2026", "2026-03-15", "\r\n"]
)


def read_or_refuse(question: Question, form: dict[str, list[str]]) -> Answers | Fault:
    try:
        return read_answer(question, form)
    except Unreadable as refused:
        return refused.fault


@given(kind=st.sampled_from(sorted(READERS)), texts=st.lists(ANY_TEXT, min_size=2, max_size=2))
def test_any_field_is_refused_or_comes_back(kind: str, texts: list[str]) -> None:
    definition = make_definition([make_fields("q", kind, other="choice" in kind, decimals=2)])
    question = definition.question_by_code["q"]
    form = {name: [text] for name, text in zip(field_names(question), texts, strict=False)}

    result = read_or_refuse(question, form)

    if isinstance(result, Fault):
        assert result.field in form
    else:
        assert read_answer(question, fill_fields(definition, result, language="tr")) == result

"""How much of what applies is answered."""

from surveys.answering.progress import Progress, measure_progress
from tests.questions import make_definition, make_fields


def test_only_questions_that_are_asked_count() -> None:
    works = {"question": "job", "in": ["yes"]}
    definition = make_definition(
        [
            make_fields("hello", "note"),
            make_fields("job", "yes_no", required=True),
            make_fields("city", "short_text", required=True, show_if=works),
            make_fields("group", "scale_group"),
        ]
    )

    assert measure_progress(definition, {}) == Progress(0, 2, is_core_answered=False)
    assert measure_progress(definition, {"job": "no"}) == Progress(1, 2, is_core_answered=True)
    assert measure_progress(definition, {"job": "yes"}) == Progress(1, 3, is_core_answered=False)


def test_scale_group_counts_once_and_is_core_with_every_item() -> None:
    definition = make_definition([make_fields("group", "scale_group", required=True)])

    half = measure_progress(definition, {"group": {"one": 2}})
    whole = measure_progress(definition, {"group": {"one": 2, "two": 3}})

    assert half == Progress(1, 1, is_core_answered=False)
    assert whole == Progress(1, 1, is_core_answered=True)


def test_survey_without_required_questions_has_no_core() -> None:
    definition = make_definition([make_fields("nps", "nps")])

    assert not measure_progress(definition, {"nps": 9}).is_core_answered

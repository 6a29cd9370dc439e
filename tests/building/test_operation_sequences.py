"""Whatever staff do to a draft, it can be judged, shown and written, and all of it taken back."""

from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from surveys.building.applying import apply
from surveys.building.cleaning import EditRefused
from surveys.building.definition import QuestionType, from_document
from surveys.building.editing import edit, find_reach, undo
from surveys.building.exporting import write_definition
from surveys.building.operations import (
    AddMailing,
    AddQuestion,
    AddSection,
    DeleteMailing,
    DeleteQuestion,
    DeleteSection,
    DuplicateQuestion,
    MoveQuestion,
    MoveSection,
    Operation,
    SetAudience,
    SetMailing,
    SetQuestion,
    SetSection,
    SetSurvey,
)
from surveys.building.places import SubjectGone
from surveys.building.problems import list_problems
from surveys.delivery.letters import estimate_minutes
from surveys.inviting.plan import plan_mailings
from tests.building.documents import make_full_document
from tests.building.drafts import AYSE, make_draft
from tests.conftest import NOW

quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
CODES = ["nps", "satisfaction", "comment", "status", "used", "events", "q1", "nps-2", "other"]
words = st.sampled_from(["", "Evet", "İş arıyorum", "a: b", "{ad}", " x ", "x\ny", "null", "#"])
texts = st.dictionaries(st.sampled_from(["tr", "en"]), words, max_size=2)
codes = st.sampled_from(CODES)
indexes = st.integers(-1, 3)
options = st.lists(st.fixed_dictionaries({"text": texts}, optional={"code": codes}), max_size=3)
scales = st.fixed_dictionaries(
    {}, optional={"min": st.integers(-2, 3), "max": st.integers(-2, 12), "low": texts}
)
conditions = st.one_of(
    st.fixed_dictionaries({"question": codes, "in": st.lists(codes, max_size=2)}),
    st.fixed_dictionaries({"question": codes, "at_least": st.integers(0, 12)}),
    st.fixed_dictionaries({"question": codes, "answered": st.just(value=True)}),
    st.none(),
)
values: dict[str, st.SearchStrategy[Any]] = {
    "code": codes,
    "type": st.sampled_from(list(QuestionType)),
    "text": texts,
    "hint": texts | st.none(),
    "required": st.booleans(),
    "show_if": conditions,
    "in_mail": st.booleans(),
    "options": options,
    "items": options,
    "other": st.booleans(),
    "scale": scales,
    "min": st.sampled_from(["1", "2,5", "2026-01-01", ""]),
    "max": st.sampled_from(["0", "9", "2025-01-01"]),
    "min_choices": st.integers(0, 5),
    "max_choices": st.integers(0, 5),
    "decimals": st.integers(0, 3),
    "format": st.sampled_from(["email", "", "fax"]),
}
keys = st.fixed_dictionaries({}, optional=values)
times = {
    "at": st.sampled_from(["2026-12-01T10:00", "2020-01-01T10:00"]),
    "after_days": st.integers(0, 9),
}
mails = st.fixed_dictionaries({}, optional={**times, "subject": texts, "text": texts})
kinds = st.sampled_from(["invitation", "reminder", "thanks"])
details = st.fixed_dictionaries(
    {},
    optional={
        "title": texts,
        "year": st.integers(1999, 2030),
        "languages": st.lists(st.sampled_from(["tr", "en"]), max_size=2),
        "opens_at": st.sampled_from(["2026-11-01T10:00", "2027-01-01T10:00"]),
    },
)
audiences = st.sampled_from([{}, {"degree": ["Lisans"]}, {"graduation_year": {"from": 2020}}])
operations: st.SearchStrategy[Operation] = st.one_of(
    st.builds(AddQuestion, indexes, keys, st.none() | indexes),
    st.builds(SetQuestion, codes, keys),
    st.builds(MoveQuestion, codes, indexes, indexes),
    st.builds(DuplicateQuestion, codes),
    st.builds(DeleteQuestion, codes),
    st.builds(AddSection, st.fixed_dictionaries({}, optional={"title": texts}), indexes),
    st.builds(SetSection, indexes, st.fixed_dictionaries({"title": texts})),
    st.builds(MoveSection, indexes, indexes),
    st.builds(DeleteSection, indexes),
    st.builds(SetSurvey, details),
    st.builds(SetAudience, audiences, st.none() | st.integers(0, 400)),
    st.builds(AddMailing, st.builds(lambda kind, mail: {"kind": kind, **mail}, kinds, mails)),
    st.builds(SetMailing, indexes, kinds, mails),
    st.builds(DeleteMailing, indexes, kinds),
)


@quick
@given(st.lists(operations, max_size=12))
def test_any_operations_leave_a_draft_that_can_be_judged_and_shown(done: list[Operation]) -> None:
    document = make_full_document()

    for operation in done:
        before = deepcopy(document)
        try:
            document = apply(operation, document).document
        except (EditRefused, SubjectGone):
            assert document == before

    problems = list_problems(document)
    assert all(fault.subject for fault in [*problems.blocking, *problems.warnings])
    assert len(from_document(document).sections) == len(document["sections"])
    assert len(plan_mailings(from_document(document))) == len(document["mailings"])
    assert estimate_minutes(document) >= 1
    assert write_definition(document)


@quick
@given(st.lists(operations, max_size=8))
def test_undoing_all_operations_gives_the_first_draft_back(
    session: Session, done: list[Operation]
) -> None:
    survey = make_draft(session)
    first = deepcopy(survey.definition)
    for operation in done:
        base = survey.revision
        try:
            edit(
                session,
                survey=survey,
                operation=operation,
                base_revision=base,
                actor=AYSE,
                now=NOW,
            )
        except (EditRefused, SubjectGone):
            assert survey.revision == base

    while find_reach(session, survey=survey).undo is not None:
        undo(session, survey=survey, actor=AYSE, now=NOW)

    assert survey.definition == first

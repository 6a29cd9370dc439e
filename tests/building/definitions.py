"""Sound definitions of every shape, for properties that hold for all of them."""

import unicodedata
from datetime import date
from typing import Any

from hypothesis import strategies as st

from surveys.building.definition import (
    Condition,
    Definition,
    Option,
    PlannedMailing,
    Question,
    Scale,
    Section,
)

LANGUAGES = ["tr", "en"]

codes = st.from_regex(r"[a-z][a-z0-9_-]{0,10}", fullmatch=True).filter(lambda c: c != "other")
words = (
    st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30)
    .map(lambda raw: unicodedata.normalize("NFC", raw).strip())
    .filter(bool)
)
texts = st.fixed_dictionaries(dict.fromkeys(LANGUAGES, words))
subjects = texts.map(
    lambda by: {k: v.translate({ord(c): None for c in "{}"}).strip() or "-" for k, v in by.items()}
)
dates = st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(date.isoformat)
options = st.lists(codes, min_size=1, max_size=4, unique=True).flatmap(
    lambda found: st.tuples(*(st.builds(Option, st.just(code), texts) for code in found)).map(list)
)
scales = st.builds(Scale, st.integers(-2, 1), st.integers(2, 8), texts, texts)

TYPED: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "single_choice": {"options": options, "other": st.booleans()},
    "multiple_choice": {"options": options, "max_choices": st.none() | st.integers(1, 9)},
    "yes_no": {},
    "scale": {"scale": scales},
    "scale_group": {"scale": scales, "items": options},
    "nps": {},
    "number": {"min": st.none() | st.just("-1.5"), "max": st.just("9"), "decimals": st.just(1)},
    "date": {"min": st.none() | dates},
    "short_text": {"max_length": st.none() | st.integers(1, 500), "format": st.just("phone")},
    "long_text": {"max_length": st.none() | st.integers(1, 500)},
}


@st.composite
def questions(draw: st.DrawFn, code: str, earlier: list[str]) -> Question:
    kind = draw(st.sampled_from(sorted(TYPED)))
    keys = {name: draw(strategy) for name, strategy in TYPED[kind].items()}
    hangs_on = draw(st.none() | st.sampled_from(earlier)) if earlier else None
    return Question(
        code=code,
        type=kind,
        text=draw(texts),
        hint=draw(st.none() | texts),
        required=draw(st.booleans()),
        show_if=Condition(hangs_on, answered=True) if hangs_on else None,
        **keys,
    )


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    found = draw(st.lists(codes, min_size=1, max_size=5, unique=True))
    asked = [draw(questions(code, found[:index])) for index, code in enumerate(found)]
    years = st.integers(1950, 2100)
    return Definition(
        code=draw(codes),
        title=draw(texts),
        purpose=draw(texts),
        confidentiality=draw(st.sampled_from(["confidential", "anonymous"])),
        languages=LANGUAGES,
        audience=draw(
            st.fixed_dictionaries(
                {}, optional={"graduation_year": years | st.lists(years, min_size=1), "unit": words}
            )
        ),
        timezone="Europe/Istanbul",
        opens_at="2026-11-23T10:00",
        closes_at="2026-12-31T23:59",
        sections=[Section(draw(texts), [question]) for question in asked],
        mailings=[
            PlannedMailing("invitation", draw(subjects), at="2026-11-23T10:00"),
            PlannedMailing("reminder", draw(subjects), after_days=draw(st.integers(1, 30))),
        ],
        indicator=draw(st.none() | st.just("PG3.3.5")),
        year=2026,
        contact_gap_days=draw(st.none() | st.integers(0, 365)),
    )

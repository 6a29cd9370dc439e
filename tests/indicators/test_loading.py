"""A definition file: what is taken, what is refused and where, and when a version is new."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Denominator, Indicator, IndicatorTarget
from surveys.indicators.definition import Definition, Known
from surveys.indicators.finding import IndicatorUnknown, get_definition, is_demo_only
from surveys.indicators.loading import IndicatorRefused, read_indicator, save_indicator
from surveys.settings import ROOT
from tests.conftest import NOW
from tests.factories import make_alumnus

PLAN = """
code: PG3.3.5
name: {tr: "Yanıt oranı", en: "Response rate"}
start_value: 12.5
targets: {2026: 30, 2025: 25}
denominator: invited
counts_partials: yes
decimals: 1
"""


def test_definition_file_is_read_as_it_says() -> None:
    definition = read_indicator(PLAN, filename="plan.yaml")

    assert definition == Definition(
        code="PG3.3.5",
        name={"tr": "Yanıt oranı", "en": "Response rate"},
        denominator=Denominator.INVITED,
        start_value=Decimal("12.5"),
        targets={2025: Decimal(25), 2026: Decimal(30)},
        counts_partials=True,
        decimals=1,
    )


def test_definition_file_needs_no_more_than_code_and_name() -> None:
    definition = read_indicator('{"code": "PG1", "name": "Oran"}', filename="plan.json")

    assert definition == Definition(code="PG1", name={"tr": "Oran", "en": "Oran"})
    assert definition.denominator is Denominator.REGISTERED
    assert (definition.decimals, definition.counts_partials) == (2, False)


def test_definition_of_all_graduates_takes_their_count() -> None:
    text = PLAN.replace("invited", "all_graduates\ngraduate_count: 41000")

    assert read_indicator(text, filename="plan.yaml").graduate_count == 41_000


FAULTS = [
    ("code: PG3.3.5", "code: 'PG 3'", "code"),
    ("code: PG3.3.5", "", "code"),
    ("start_value: 12.5", "start_value: 101", "start_value"),
    ("start_value: 12.5", "start_value: 1.23456", "start_value"),
    ("2026: 30", "2026: 12.4", "targets.2026"),
    ("2026: 30", "2026: çok", "targets.2026"),
    ("2026: 30", "2026: -1", "targets.2026"),
    ("2026: 30", "ikinci: 30", "targets.ikinci"),
    ("2026: 30", "2025: 30", "targets.2025"),
    ("{2026: 30, 2025: 25}", "30", "targets"),
    ("invited", "everybody", "denominator"),
    ("invited", "all_graduates", ""),
    ("invited", "invited\ngraduate_count: 5", "graduate_count"),
    ("counts_partials: yes", "counts_partials: belki", "counts_partials"),
    ("decimals: 1", "decimals: 5", "decimals"),
    ("decimals: 1", "weight: 40", "weight"),
    (PLAN, "- liste", ""),
    (PLAN, "code: [", ""),
    (PLAN, "", ""),
]


@pytest.mark.parametrize(("right", "wrong", "place"), FAULTS)
def test_definition_file_is_refused_with_the_place_of_its_fault(
    right: str, wrong: str, place: str
) -> None:
    with pytest.raises(IndicatorRefused) as refused:
        read_indicator(PLAN.replace(right, wrong), filename="plan.yaml")

    assert [fault.place for fault in refused.value.faults] == [place]


def test_definition_file_is_refused_with_all_its_faults() -> None:
    text = PLAN.replace("12.5", "az").replace("invited", "x").replace("decimals: 1", "decimals: 9")

    with pytest.raises(IndicatorRefused) as refused:
        read_indicator(text, filename="plan.yaml")

    places = [fault.place for fault in refused.value.faults]
    assert places == ["start_value", "denominator", "decimals"]


def test_definition_is_one_version_when_loaded_twice(session: Session) -> None:
    definition = read_indicator(PLAN, filename="plan.yaml")

    first = save_indicator(session, definition=definition, is_demo=False, now=NOW)
    session.expire_all()
    second = save_indicator(session, definition=definition, is_demo=False, now=NOW)

    assert first == second == Known(definition, 1, is_demo=False)
    assert session.scalar(select(func.count()).select_from(Indicator)) == 1


@pytest.mark.parametrize(
    ("old", "new"), [("2026: 30", "2026: 31"), ("2026: 30, ", ""), ("yes", "no"), ("12.5", "12.6")]
)
def test_definition_is_a_new_version_when_it_differs(session: Session, old: str, new: str) -> None:
    first = read_indicator(PLAN, filename="plan.yaml")
    second = read_indicator(PLAN.replace(old, new), filename="plan.yaml")
    save_indicator(session, definition=first, is_demo=False, now=NOW)

    saved = save_indicator(session, definition=second, is_demo=False, now=NOW)

    found = get_definition(session, code="PG3.3.5", is_demo=False)
    assert saved == found == Known(second, 2, is_demo=False)
    assert session.scalar(select(func.count()).select_from(IndicatorTarget)) in {3, 4}


def test_demo_definition_stays_apart_from_the_real_one(session: Session) -> None:
    definition = read_indicator(PLAN, filename="plan.yaml")

    save_indicator(session, definition=definition, is_demo=True, now=NOW)

    assert get_definition(session, code="PG3.3.5", is_demo=True).version == 1
    assert get_definition(session, code="PG3.3.5", is_demo=False).version is None


def test_shipped_definition_serves_until_one_is_loaded(session: Session) -> None:
    known = get_definition(session, code="PG3.3.5", is_demo=False)

    assert known.version is None
    assert known.definition.denominator is Denominator.REGISTERED
    assert known.definition.targets == {}


def test_unknown_indicator_is_refused(session: Session) -> None:
    with pytest.raises(IndicatorUnknown, match="no indicator"):
        get_definition(session, code="../PG3.3.5", is_demo=False)


def test_demo_file_has_a_target_for_each_year_of_the_plan() -> None:
    path = ROOT / "demo" / "data" / "PG3.3.5.yaml"

    definition = read_indicator(path.read_text(encoding="utf-8"), filename=path.name)

    assert list(definition.targets) == [2024, 2025, 2026, 2027, 2028]
    assert definition.start_value is not None


def test_demo_is_shown_only_where_nothing_real_is(session: Session) -> None:
    before = is_demo_only(session, code="PG3.3.5")
    make_alumnus(session, is_demo=True)
    with_demo = is_demo_only(session, code="PG3.3.5")
    make_alumnus(session)

    assert (before, with_demo) == (False, True)
    assert not is_demo_only(session, code="PG3.3.5")


@pytest.mark.postgresql
def test_versions_saved_in_the_same_moment_follow_each_other(session: Session) -> None:
    first, engine = read_indicator(PLAN, filename="plan.yaml"), session.get_bind()
    save_indicator(session, definition=first, is_demo=False, now=NOW)
    session.commit()

    def save_and_commit() -> int | None:
        with Session(engine) as own:
            changed = replace(first, decimals=0)
            version = save_indicator(own, definition=changed, is_demo=False, now=NOW).version
            own.commit()
            return version

    with ThreadPoolExecutor(1) as pool:
        changed = replace(first, decimals=3)
        save_indicator(session, definition=changed, is_demo=False, now=NOW)
        second = pool.submit(save_and_commit)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.5)
        session.commit()
        assert second.result(timeout=5) == 3

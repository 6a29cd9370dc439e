"""Wrong settings stop the start with one message; the README's table is the code's."""

import re
from dataclasses import fields
from datetime import time

import pytest

from surveys.environment import InvalidSettings, read_settings
from surveys.settings import ROOT, Settings

GOOD = {
    "DONUT_SECRET_KEY": "k" * 32,
    "DONUT_BASE_URL": "https://anket.example.edu.tr",
    "DONUT_MAIL_DEFAULT_SENDER": "Mezunlar Ofisi <mezun@example.edu.tr>",
}


def faults_of(environment: dict[str, str]) -> list[str]:
    with pytest.raises(InvalidSettings) as refused:
        read_settings(environment)
    return refused.value.faults


def test_settings_name_every_fault_at_once() -> None:
    faults = faults_of({**GOOD, "DONUT_MAIL_PORT": "x", "DONUT_TIMEZONE": "+03:00"})

    assert faults == [
        "DONUT_MAIL_PORT: must be a whole number",
        "DONUT_TIMEZONE: is no time zone name, such as Europe/Istanbul",
    ]


def test_settings_name_faults_between_settings_with_the_others() -> None:
    environment = {name: value for name, value in GOOD.items() if "SENDER" not in name}
    both = {"DONUT_MAIL_USE_TLS": "1", "DONUT_MAIL_USE_SSL": "1", "DONUT_MAIL_PORT": "x"}

    faults = faults_of({**environment, **both})

    assert [fault.split(":")[0].removeprefix("DONUT_MAIL_") for fault in faults] == [
        "DEFAULT_SENDER",
        "PORT",
        "USE_SSL",
    ]


def test_settings_refuse_to_start_without_key_and_address() -> None:
    faults = faults_of({})

    assert [fault.split(":")[0] for fault in faults] == ["DONUT_BASE_URL", "DONUT_SECRET_KEY"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("BASE_URL", "http://anket.example.edu.tr"),
        ("BASE_URL", "https://anket.example.edu.tr/donut?x=1"),
        ("DATABASE_URL", "mysql://localhost/donut"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("MAIL_DEFAULT_SENDER", "nobody"),
        ("WEBHOOK_CA_FILE", "/nowhere/authority.pem"),
        ("WEBHOOK_CA_FILE", str(ROOT / "README.md")),
        ("MAIL_BOUNCE_ADDRESS", "bounce@example.edu.tr"),
        ("MAIL_BOUNCE_ADDRESS", "b" * 49 + "*@example.edu.tr"),
        ("MAIL_USE_TLS", "perhaps"),
        ("MAIL_CONNECTIONS", "0"),
        ("DEFAULT_LANGUAGE", "de"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_settings_refuse_a_wrong_value(name: str, value: str) -> None:
    faults = faults_of({**GOOD, f"DONUT_{name}": value})

    assert [fault.split(":")[0] for fault in faults] == [f"DONUT_{name}"]


def test_settings_want_a_sender_when_people_reach_the_service() -> None:
    environment = {name: value for name, value in GOOD.items() if "SENDER" not in name}

    assert faults_of(environment)[0].startswith("DONUT_MAIL_DEFAULT_SENDER: is missing")


@pytest.mark.parametrize("count", ["2", "16"])
def test_several_web_processes_count_attempts_together(count: str) -> None:
    faults = faults_of({**GOOD, "WEB_CONCURRENCY": count})

    assert faults[0].startswith("DONUT_RATELIMIT_STORAGE_URI: must be redis://")
    assert read_settings(
        {
            **GOOD,
            "WEB_CONCURRENCY": count,
            "DONUT_RATELIMIT_STORAGE_URI": "redis://127.0.0.1:6379/0",
        }
    )


@pytest.mark.parametrize("count", ["", "1"])
def test_one_web_process_counts_in_its_memory(count: str) -> None:
    assert read_settings({**GOOD, "WEB_CONCURRENCY": count}).ratelimit_storage_uri == "memory://"


def test_attempts_are_counted_nowhere_else() -> None:
    faults = faults_of({**GOOD, "DONUT_RATELIMIT_STORAGE_URI": "memcached://127.0.0.1"})

    assert faults[0].startswith("DONUT_RATELIMIT_STORAGE_URI: must be memory://")


def test_settings_take_an_empty_value_as_not_set() -> None:
    settings = read_settings({**GOOD, "DONUT_MAIL_PORT": ""})

    assert settings.mail_port == 25


def test_settings_show_no_secret_in_their_representation() -> None:
    settings = read_settings({**GOOD, "DONUT_MAIL_PASSWORD": "mail-password"})

    assert "k" * 32 not in repr(settings)
    assert "mail-password" not in repr(settings)


def test_unset_keys_are_derived_and_differ_by_use() -> None:
    keys = read_settings({**GOOD, "DONUT_SECRET_KEY_FALLBACKS": "o" * 32}).keys()

    assert len(keys.link) == len(keys.hash) == 2
    assert len({*keys.link, *keys.hash}) == 4


def test_relative_database_file_is_the_same_from_every_folder() -> None:
    settings = read_settings(GOOD)

    assert settings.database_url == f"sqlite:///{ROOT}/instance/donut.db"


def test_readme_table_lists_exactly_the_settings() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    documented = re.findall(r"^\| `DONUT_([A-Z_]+)` \|", readme, re.MULTILINE)

    assert sorted(documented) == sorted(field.name.upper() for field in fields(Settings))


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("MAIL_DOMAIN_RATES", "gmail=20, rest=60", {"gmail": 20, "rest": 60}),
        ("MAIL_RAMP_UP", "500,2000,5000", (500, 2000, 5000)),
        ("MAIL_WINDOW", "08:00-18:00", (time(8), time(18))),
        ("MAIL_WEEKDAYS", "1-5", frozenset({1, 2, 3, 4, 5})),
        ("MAIL_WEEKDAYS", "1,3,7", frozenset({1, 3, 7})),
    ],
)
def test_rules_of_sending_are_read(name: str, value: str, read: object) -> None:
    settings = read_settings({**GOOD, f"DONUT_{name}": value})

    assert getattr(settings, name.lower()) == read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_DOMAIN_RATES", "gmail"),
        ("MAIL_DOMAIN_RATES", "gmial=20"),
        ("MAIL_DOMAIN_RATES", "gmail=0"),
        ("MAIL_RAMP_UP", "500,x"),
        ("MAIL_WINDOW", "18:00-08:00"),
        ("MAIL_WINDOW", "8-18"),
        ("MAIL_WEEKDAYS", "0-5"),
        ("MAIL_WEEKDAYS", "5-1"),
        ("MAIL_CANARY", "-1"),
    ],
)
def test_rules_of_sending_that_make_no_sense_stop_the_start(name: str, value: str) -> None:
    faults = faults_of({**GOOD, f"DONUT_{name}": value})

    assert [fault.split(":")[0] for fault in faults] == [f"DONUT_{name}"]

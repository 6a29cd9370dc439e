"""What the demo loads: the graduates as they are, surveys and indicator moved to today's year."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from surveys.building.shipped import get_template

DATA = Path(__file__).parent / "data"
FIELD_PERIOD = timedelta(days=38)
LOCAL = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Material:
    """The files to load, and the survey's code."""

    roster: Path
    survey: Path
    indicator: Path
    code: str


def write_material(folder: Path, now: datetime) -> Material:
    """Write survey and indicator into `folder` with dates around `now`.

    A demo must also run in a year of which its files know nothing.
    """
    survey = _read(DATA / "mezun-izleme.yaml")
    opens_at = now + timedelta(days=1)
    survey["year"] = now.year
    survey["opens_at"] = opens_at.strftime(LOCAL)
    survey["closes_at"] = (opens_at + FIELD_PERIOD).strftime(LOCAL)
    survey["mailings"][0]["at"] = opens_at.strftime(LOCAL)
    indicator = _read(DATA / "PG3.3.5.yaml")
    targets = {int(year): value for year, value in indicator["targets"].items()}
    indicator["targets"] = {now.year: targets[max(targets)], **targets}
    return Material(
        roster=DATA / "mezunlar.csv",
        survey=_write(folder / "survey.yaml", survey),
        indicator=_write(folder / "PG3.3.5.yaml", indicator),
        code=str(survey["code"]),
    )


def write_draft(folder: Path, now: datetime) -> Path:
    """Write next year's survey into `folder`, as the template for graduate tracking begins it."""
    opens_at = (now + timedelta(days=365)).replace(hour=10, minute=0)
    content = deepcopy(get_template("core").content)
    year = opens_at.year
    content["mailings"][0]["at"] = opens_at.strftime(LOCAL)
    document = {
        **content,
        "code": f"mezun-izleme-{year}",
        "title": {"tr": f"Mezun İzleme Anketi {year}", "en": f"Graduate Tracking Survey {year}"},
        "year": year,
        "confidentiality": "confidential",
        "languages": ["tr", "en"],
        "audience": {},
        "timezone": "Europe/Istanbul",
        "opens_at": opens_at.strftime(LOCAL),
        "closes_at": (opens_at + FIELD_PERIOD).strftime(LOCAL),
    }
    return _write(folder / "draft.yaml", document)


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def _write(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path

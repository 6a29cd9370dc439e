"""What comes with Dönüt: the question bank and the templates made of its questions.

They are code in all but form: read once, trusted, and held against the strict reader by a test.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from surveys.building.definition import Text
from surveys.delivery.letters import estimate_minutes
from surveys.errors import N_, DonutError

FOLDER = Path(__file__).parent
TEMPLATES = ("core", "event", "pulse")


class TemplateUnknown(DonutError):
    """No template has this code."""

    code = "template_unknown"
    status = 404
    message = N_("There is no template %(template)s.")


@dataclass(frozen=True)
class Group:
    """Questions of the bank that belong together, as parts of a document."""

    title: Text
    questions: Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Template:
    """A survey to begin with. `content` is the part of a document that it brings along.

    `minutes`: how long it takes to answer, as people are told.
    """

    code: str
    name: Text
    description: Text
    content: dict[str, Any]
    question_count: int
    minutes: int


@lru_cache(maxsize=1)
def list_groups() -> Sequence[Group]:
    """Return the shipped questions in their groups."""
    return [Group(**group) for group in _load("bank.yaml")]


def list_templates() -> Sequence[Template]:
    """Return the templates, the most used first."""
    return [get_template(code) for code in TEMPLATES]


@lru_cache
def get_template(code: str) -> Template:
    """Return one template. Raises TemplateUnknown."""
    if code not in TEMPLATES:
        raise TemplateUnknown(template=code)
    content = _load(f"templates/{code}.yaml")
    bank = {question["code"]: question for group in list_groups() for question in group.questions}
    for section in content["sections"]:
        section["questions"] = [_take(question, bank) for question in section["questions"]]
    return Template(
        code=code,
        name=content.pop("name"),
        description=content.pop("description"),
        content=content,
        question_count=sum(len(section["questions"]) for section in content["sections"]),
        minutes=estimate_minutes(content),
    )


def _take(chosen: Mapping[str, Any], bank: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the bank's question with what the template says about it."""
    own = {key: value for key, value in chosen.items() if key != "use"}
    return {**deepcopy(bank[chosen["use"]]), **own}


def _load(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))

"""`flask survey load`: a definition file → a draft, or every fault in it with its place."""

from collections.abc import Iterator
from pathlib import Path

import click

from surveys.audit import record
from surveys.building.definition import Definition, to_document
from surveys.building.drafts import save_draft
from surveys.building.faults import DefinitionRefused
from surveys.building.local_time import list_shifts
from surveys.building.problems import list_problems
from surveys.building.reading import read_definition
from surveys.building.source import LIMIT_BYTES, decode
from surveys.cli.fault_words import list_faults, tell_faults
from surveys.cli.output import Result, emit, json_option, refusals, refuse, say
from surveys.cli.survey import survey
from surveys.errors import N_
from surveys.extensions import toolbox, transaction


@survey.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--demo", "is_demo", is_flag=True, help="Ask demo graduates only; never counts.")
@json_option
def load_command(file: Path, *, is_demo: bool, as_json: bool) -> None:
    """Save the survey definition FILE (YAML or JSON) as a draft, replacing an earlier draft."""
    try:
        definition = read_definition(_read_text(file), filename=file.name)
    except DefinitionRefused as error:
        lines = tell_faults(error.faults)
        refuse(error, lines, as_json=as_json, faults=list_faults(error.faults))
    with refusals(as_json=as_json):
        result = _save(definition, is_demo=is_demo)
    emit(result, _words(result), as_json=as_json)


def _read_text(file: Path) -> str:
    with file.open("rb") as source:
        return decode(source.read(LIMIT_BYTES + 1))


def _save(definition: Definition, *, is_demo: bool) -> Result:
    now = toolbox().clock.now()
    with transaction() as session:
        draft = save_draft(session, definition=definition, is_demo=is_demo, now=now)
        revision = draft.revision
        record(
            session,
            actor="cli",
            action="survey.load",
            subject=f"survey:{definition.code}",
            now=now,
            revision=revision,
        )
    return {
        "code": definition.code,
        "is_demo": is_demo,
        "revision": revision,
        "sections": len(definition.sections),
        "questions": len(list(definition.questions())),
        "mailings": len(definition.mailings),
        "warnings": list_faults(list_problems(to_document(definition)).warnings),
        "shifted": [
            {"place": shift.place, "written": shift.written, "local": shift.local}
            for shift in list_shifts(definition)
        ],
    }


def _words(result: Result) -> Iterator[str]:
    yield say(N_("%(code)s is saved as a draft, revision %(revision)s."), **result)
    yield say(
        N_("Sections: %(sections)s, questions: %(questions)s, mailings: %(mailings)s."), **result
    )
    for warning in result["warnings"]:
        yield say(N_("To be looked at: %(place)s: %(message)s"), **warning)
    for shift in result["shifted"]:
        yield say(
            N_("%(place)s: clocks skip %(written)s on that day; it becomes %(local)s."), **shift
        )
    yield say(N_("Next step: flask survey check %(code)s"), **result)

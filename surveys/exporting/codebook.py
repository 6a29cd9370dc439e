"""The codebook: what each column holds, what its codes mean, who was asked."""

from collections.abc import Iterator, Mapping

from surveys.building.definition import Condition
from surveys.errors import N_
from surveys.exporting.columns import Column
from surveys.exporting.parts import Choice, Kind, Part
from surveys.exporting.words import label_of
from surveys.i18n import pick_text, translate

HEADINGS = (
    N_("Column"),
    N_("What it holds"),
    N_("Kind"),
    N_("Question"),
    N_("Versions"),
    N_("Asked only"),
    N_("Code"),
    N_("Number in SPSS"),
    N_("Meaning"),
)
KIND_WORDS: Mapping[Kind, str] = {
    Kind.CODED: N_("one of the codes below"),
    Kind.FLAG: N_("1 chosen, 0 not chosen"),
    Kind.WHOLE: N_("whole number"),
    Kind.DECIMAL: N_("number"),
    Kind.DAY: N_("date"),
    Kind.TEXT: N_("text"),
}
_ONE_OF = N_("if %(question)s is one of: %(values)s")
_AT_LEAST = N_("if %(question)s is %(number)s or more")
_ANSWERED = N_("if %(question)s was answered")

Line = tuple[str, ...]


def list_headings(language: str) -> Line:
    """Return the headings of the codebook."""
    return tuple(translate(language, heading) for heading in HEADINGS)


def iterate_codebook(columns: list[Column], language: str) -> Iterator[Line]:
    """Yield the lines: one a column, and below it one for each further code that it knows."""
    for column in columns:
        about = _about(column, language)
        codes = [_code(choice, language) for choice in column.choices]
        first, *more = codes or [("", "", "")]
        yield (*about, *first)
        for code in more:
            yield (column.name, *[""] * (len(about) - 1), *code)


def condition_words(rule: Condition, language: str) -> str:
    """Return when a question is asked."""
    if rule.one_of is not None:
        values = ", ".join(rule.one_of)
        return translate(language, _ONE_OF, question=rule.question, values=values)
    if rule.at_least is not None:
        number = f"{rule.at_least:g}"
        return translate(language, _AT_LEAST, question=rule.question, number=number)
    return translate(language, _ANSWERED, question=rule.question)


def _about(column: Column, language: str) -> Line:
    question = column.source.question if isinstance(column.source, Part) else None
    rule = question.show_if if question else None
    return (
        column.name,
        label_of(column, language),
        translate(language, KIND_WORDS[column.kind]),
        question.code if question else "",
        ", ".join(str(number) for number in sorted(column.versions)),
        condition_words(rule, language) if rule else "",
    )


def _code(choice: Choice, language: str) -> Line:
    return (choice.code, str(choice.number), pick_text(choice.text, language))

"""Sections and questions of a definition: which keys each type knows, and what fits together."""

from collections.abc import Collection, Iterable
from decimal import Decimal

from surveys.building.conditions import OTHER, check_conditions, read_condition
from surveys.building.definition import Option, Question, QuestionType, Scale, Section
from surveys.building.faults import Spot
from surveys.building.sensitive import warn_of_special_categories
from surveys.building.texts import as_text
from surveys.building.values import (
    Block,
    as_block,
    as_code,
    as_date,
    as_list,
    as_number,
    as_one_of,
    as_switch,
    as_whole,
)
from surveys.errors import N_

COMMON_KEYS = ("code", "type", "text", "hint", "required", "show_if", "in_mail")
TYPE_KEYS = {
    QuestionType.SINGLE_CHOICE: ("options", "other"),
    QuestionType.MULTIPLE_CHOICE: ("options", "other", "min_choices", "max_choices"),
    QuestionType.YES_NO: (),
    QuestionType.SCALE: ("scale",),
    QuestionType.SCALE_GROUP: ("scale", "items"),
    QuestionType.NPS: (),
    QuestionType.NUMBER: ("min", "max", "decimals"),
    QuestionType.DATE: ("min", "max"),
    QuestionType.SHORT_TEXT: ("max_length", "format"),
    QuestionType.LONG_TEXT: ("max_length", "format"),
    QuestionType.NOTE: (),
}
ALL_KEYS = tuple(
    dict.fromkeys([*COMMON_KEYS, *(key for keys in TYPE_KEYS.values() for key in keys)])
)
MAIL_TYPES = (
    QuestionType.NPS,
    QuestionType.SCALE,
    QuestionType.SINGLE_CHOICE,
    QuestionType.YES_NO,
)
FORMATS = ("email", "phone")
SECTION_LIMIT = QUESTION_LIMIT = OPTION_LIMIT = 200
TITLE_LENGTH, OPTION_LENGTH, HINT_LENGTH, TEXT_LENGTH = 200, 300, 1_000, 4_000
ANSWER_LENGTH = 10_000
POINT_LIMIT = 11
LARGEST_POINT = 1_000
MOST_DECIMALS = 6

_TOO_MANY = N_("The survey has %(count)s questions; %(limit)s are possible.")
DUPLICATE = N_("The code %(code)s is used twice. Give each its own; case makes no difference.")
_RESERVED = N_(
    "other is the code of the free answer. Choose another code, or offer the free answer."
)
_NOT_FOR_TYPE = N_("Questions of type %(type)s don't know this key. Remove it.")
_NOTE_REQUIRED = N_("A note has no answer and can't be required.")
_NOT_IN_MAIL = N_("Questions of type %(type)s can't stand in the mail. Possible are: %(known)s.")
_MAIL_ONCE = N_("One question alone can stand in the mail, and %(question)s does already.")
_MAIL_ALWAYS = N_("A question in the mail is asked of everybody: it can have no condition.")
_TURNED = N_("The smallest value is larger than the largest one.")
_SCALE_TURNED = N_("A scale must begin with a smaller number than it ends with.")
_TOO_MANY_POINTS = N_("The scale has %(count)s points; %(limit)s are possible.")
_CHOICES_TURNED = N_("More answers are asked for than are allowed.")
_TOO_FEW_OPTIONS = N_("More answers are asked for than there are options.")
_NO_SECTION = N_("The survey has no section yet. Add one.")
_EMPTY_SECTION = N_("This section has no question. Add one, or remove the section.")
_NO_OPTION = N_("There is nothing to choose from yet. Add an option.")
_NO_QUESTION = N_("No question is asked. A survey needs one that can be answered.")


def read_sections(spot: Spot | None) -> list[Section]:
    """Return the sections; notes what is wrong within each question and between them."""
    asked: list[tuple[Spot, Question]] = []
    sections = [
        _read_section(item, asked) for item in as_list(spot, limit=SECTION_LIMIT, empty=_NO_SECTION)
    ]
    if spot is not None and len(asked) > QUESTION_LIMIT:
        spot.refuse(_TOO_MANY, count=len(asked), limit=QUESTION_LIMIT)
    _check_codes((place.under("code", None), question.code) for place, question in asked)
    check_conditions(asked)
    _check_mail(asked)
    warn_of_special_categories(asked)
    if spot is not None and asked and all(q.type == QuestionType.NOTE for _, q in asked):
        spot.refuse(_NO_QUESTION)
    return sections


def _read_section(spot: Spot, asked: list[tuple[Spot, Question]]) -> Section:
    block = as_block(spot, ("title", "questions"))
    if block is None:
        return Section({}, [])
    title = as_text(block.need_text("title"), TITLE_LENGTH)
    spots = as_list(block.need("questions"), limit=QUESTION_LIMIT, empty=_EMPTY_SECTION)
    read = [(item, question) for item in spots if (question := _read_question(item))]
    asked.extend(read)
    return Section(title or {}, [question for _, question in read])


def _read_question(spot: Spot) -> Question | None:
    block = as_block(spot, ALL_KEYS)
    if block is None:
        return None
    kind = as_one_of(block.need("type"), list(QuestionType))
    keys = TYPE_KEYS[QuestionType(kind)] if kind else ()
    if kind:
        _check_keys(block, kind, keys)
    question = Question(
        code=as_code(block.need("code")) or "",
        type=kind or "",
        text=as_text(block.need_text("text"), TEXT_LENGTH, is_line=False) or {},
        hint=as_text(block.find("hint"), HINT_LENGTH, is_line=False),
        required=as_switch(block.find("required")),
        show_if=read_condition(block.find("show_if")),
        in_mail=as_switch(block.find("in_mail")),
        options=_read_options(block.need("options")) if "options" in keys else None,
        other=as_switch(block.find("other")),
        min_choices=as_whole(block.find("min_choices"), 1, OPTION_LIMIT),
        max_choices=as_whole(block.find("max_choices"), 1, OPTION_LIMIT),
        scale=_read_scale(block.need("scale")) if "scale" in keys else None,
        items=_read_options(block.need("items")) if "items" in keys else None,
        min=_read_bound(block.find("min"), kind),
        max=_read_bound(block.find("max"), kind),
        decimals=as_whole(block.find("decimals"), 0, MOST_DECIMALS),
        max_length=as_whole(block.find("max_length"), 1, ANSWER_LENGTH),
        format=as_one_of(block.find("format"), FORMATS),
    )
    _check_question(spot, question)
    return question


def _check_keys(block: Block, kind: str, keys: Collection[str]) -> None:
    for key in block.tree:
        if key in ALL_KEYS and key not in COMMON_KEYS and key not in keys:
            block.spot.under(key, None).refuse(_NOT_FOR_TYPE, type=kind)


def _read_options(spot: Spot | None) -> list[Option]:
    options: list[tuple[Spot, Option]] = []
    for item in as_list(spot, limit=OPTION_LIMIT, empty=_NO_OPTION):
        block = as_block(item, ("code", "text"))
        if block is not None:
            code = as_code(block.need("code")) or ""
            text = as_text(block.need_text("text"), OPTION_LENGTH) or {}
            options.append((item.under("code", None), Option(code, text)))
    for place, option in options:
        if option.code.lower() == OTHER:
            place.refuse(_RESERVED)
    _check_codes((place, option.code) for place, option in options)
    return [option for _, option in options]


def _check_codes(coded: Iterable[tuple[Spot, str]]) -> None:
    seen: set[str] = set()
    for place, code in coded:
        if code and code.lower() in seen:
            place.refuse(DUPLICATE, code=code)
        seen.add(code.lower())


def _read_scale(spot: Spot | None) -> Scale | None:
    block = as_block(spot, ("min", "max", "low", "high"))
    if block is None:
        return None
    low = as_text(block.need_text("low"), OPTION_LENGTH) or {}
    high = as_text(block.need_text("high"), OPTION_LENGTH) or {}
    first = as_whole(block.need("min"), -LARGEST_POINT, LARGEST_POINT)
    last = as_whole(block.need("max"), -LARGEST_POINT, LARGEST_POINT)
    if first is None or last is None:
        return None
    if first >= last:
        block.spot.refuse(_SCALE_TURNED)
        return None
    if last - first + 1 > POINT_LIMIT:
        block.spot.refuse(_TOO_MANY_POINTS, count=last - first + 1, limit=POINT_LIMIT)
    return Scale(first, last, low, high)


def _read_bound(spot: Spot | None, kind: str | None) -> str | None:
    if kind == QuestionType.DATE:
        return as_date(spot)
    return as_number(spot) if kind == QuestionType.NUMBER else None


def _check_question(spot: Spot, question: Question) -> None:
    if question.type == QuestionType.NOTE and question.required:
        spot.under("required", None).refuse(_NOTE_REQUIRED)
    if question.min and question.max and _is_turned(question, question.min, question.max):
        spot.under("min", None).refuse(_TURNED)
    fewest, most = question.min_choices or 0, question.max_choices
    if most is not None and fewest > most:
        spot.under("min_choices", None).refuse(_CHOICES_TURNED)
    if question.options and fewest > len(question.options) + question.other:
        spot.under("min_choices", None).refuse(_TOO_FEW_OPTIONS)


def _is_turned(question: Question, low: str, high: str) -> bool:
    if question.type == QuestionType.DATE:
        return low > high
    return Decimal(low) > Decimal(high)


def _check_mail(asked: Iterable[tuple[Spot, Question]]) -> None:
    marked = [
        (spot.under("in_mail", None), question) for spot, question in asked if question.in_mail
    ]
    for index, (place, question) in enumerate(marked):
        if question.type and question.type not in MAIL_TYPES:
            place.refuse(_NOT_IN_MAIL, type=question.type, known=list(MAIL_TYPES))
        if index > 0:
            place.refuse(_MAIL_ONCE, question=marked[0][1].code)
        if question.show_if is not None:
            place.refuse(_MAIL_ALWAYS)

"""One question's result as it is shown: two drawings, the table behind them, figures in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from surveys.building.definition import Question
from surveys.i18n import format_date, format_integer, format_number, format_percent, pick_text
from surveys.rates.formulas import Rate
from surveys.rates.free_text import Written
from surveys.rates.results import QuestionResult
from surveys.rates.summaries import Bar, Days, Nps, Numbers, Points
from surveys.rates.tallies import Choices, Items
from surveys.web.staff.drawings.bars import draw_choices, draw_columns, draw_nps
from surveys.web.staff.drawings.likert import Ends, draw_likert
from surveys.web.staff.drawings.shapes import SHEETS, Picture
from surveys.web.words import current_language, gettext

Row = tuple[str, Sequence[str]]
NOBODY = Written((), (), 0)


@dataclass(frozen=True)
class View:
    """`columns` name the table's columns, `rows` hold a heading and the cells beside it.

    `figure` is one big number; `facts` are sentences; `written` what people wrote.
    """

    pictures: Sequence[Picture] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Row] = ()
    figure: str | None = None
    facts: Sequence[str] = ()
    written: Written = field(default=NOBODY)


def view_of(result: QuestionResult) -> View:
    """Return how a question's answers are shown; empty where they are hidden."""
    question, summary, number = result.question, result.summary, result.answered or 0
    match summary:
        case Choices():
            return _view_choices(question, summary, number)
        case Points():
            return _view_points(question, [("", summary)])
        case Items():
            return _view_items(question, summary)
        case Written():
            return View(written=summary)
        case None:
            return View()
    return _view_figures(summary)


def _view_figures(summary: Nps | Numbers | Days) -> View:
    match summary:
        case Nps():
            return _view_nps(summary)
        case Numbers():
            return _view_numbers(summary)
        case Days():
            return _view_days(summary)


def _view_choices(question: Question, summary: Choices, number: int) -> View:
    texts = {option.code: _text(option.text) for option in question.options or []}
    texts |= {"yes": gettext("Yes"), "no": gettext("No")} if not question.options else {}
    texts.setdefault("other", gettext("Other"))
    counts = [(texts[value], count) for value, count in summary.counts]
    language = current_language()
    return View(
        pictures=[
            draw_choices(counts, number=number, sheet=sheet, language=language) for sheet in SHEETS
        ],
        columns=[gettext("Answer"), gettext("People"), gettext("Share")],
        rows=[(text, (_whole(n), _percent(Rate(n, number)))) for text, n in counts],
        facts=[gettext("Several answers were possible, so the shares add up to more than 100.")]
        if question.type == "multiple_choice"
        else [],
        written=summary.others,
    )


def _view_items(question: Question, summary: Items) -> View:
    names = {item.code: _text(item.text) for item in question.items or []}
    shown = [(names[code], points) for code, points in summary.points if points is not None]
    view = _view_points(question, shown) if shown else View()
    hidden = [names[code] for code, points in summary.points if points is None]
    if not hidden:
        return view
    message = gettext(
        "Hidden, as fewer than five people answered: %(items)s", items=", ".join(hidden)
    )
    return View(view.pictures, view.columns, view.rows, facts=[message])


def _view_points(question: Question, items: Sequence[tuple[str, Points]]) -> View:
    scale, language = question.scale, current_language()
    ends = Ends(_text(scale.low), _text(scale.high)) if scale else Ends("", "")
    first = items[0][1]
    return View(
        pictures=[
            draw_likert(items, ends=ends, sheet=sheet, language=language) for sheet in SHEETS
        ],
        columns=[
            gettext("Item"),
            *(_whole(point) for point, _ in first.counts),
            gettext("Top %(count)s", count=first.top_points),
            gettext("Mean"),
        ],
        rows=[(text or gettext("Answers"), _point_cells(points)) for text, points in items],
    )


def _point_cells(points: Points) -> list[str]:
    counts = [_whole(count) for _, count in points.counts]
    return [*counts, _percent(points.top), _number(points.mean)]


def _view_nps(summary: Nps) -> View:
    parts = [
        ("against-most", gettext("0–6 detractors"), summary.detractors),
        ("neutral", gettext("7–8 passives"), summary.passives),
        ("for-most", gettext("9–10 promoters"), summary.promoters),
    ]
    language, number = current_language(), summary.number
    return View(
        pictures=[
            draw_nps(parts, number=number, sheet=sheet, language=language) for sheet in SHEETS
        ],
        columns=[gettext("Answer"), gettext("People"), gettext("Share")],
        rows=[(_whole(p), (_whole(n), _percent(Rate(n, number)))) for p, n in summary.counts],
        figure=_signed(summary.score),
        facts=[
            gettext(
                "Promoters less detractors, from −100 to +100. 95 %% interval: %(low)s to"
                " %(high)s.",
                low=_signed(round(summary.interval.low)),
                high=_signed(round(summary.interval.high)),
            )
        ],
    )


def _view_numbers(summary: Numbers) -> View:
    counts = [(_span(bar), bar.count) for bar in summary.bars]
    return View(
        pictures=_columns(counts, span=_positions(summary)),
        columns=[gettext("Value"), gettext("People")],
        rows=[(text, (_whole(count),)) for text, count in counts],
        figure=_number(summary.median),
        facts=[
            gettext(
                "Median. Half of the people lie from %(low)s to %(high)s; mean %(mean)s, standard"
                " deviation %(deviation)s.",
                low=_number(summary.lower_quartile),
                high=_number(summary.upper_quartile),
                mean=_number(summary.mean),
                deviation=_number(summary.deviation),
            )
        ],
    )


def _positions(summary: Numbers) -> tuple[float, float, float]:
    """Return quartiles and median counted in columns from the first one's middle."""
    first = summary.bars[0]
    width = summary.bars[1].low - first.low if len(summary.bars) > 1 else 1
    offset = 0.0 if first.low == first.high else 0.5
    low, middle, high = (
        (value - first.low) / width - offset
        for value in (summary.lower_quartile, summary.median, summary.upper_quartile)
    )
    return low, middle, high


def _view_days(summary: Days) -> View:
    pattern = "y" if summary.by_year else "MMM yy"
    counts = [(_date(day, pattern), count) for day, count in summary.counts]
    return View(
        pictures=_columns(counts),
        columns=[gettext("Year") if summary.by_year else gettext("Month"), gettext("People")],
        rows=[(text, (_whole(count),)) for text, count in counts],
    )


def _columns(
    counts: Sequence[tuple[str, int]], span: tuple[float, float, float] | None = None
) -> list[Picture]:
    language = current_language()
    return [draw_columns(counts, sheet=sheet, language=language, span=span) for sheet in SHEETS]


def _text(texts: dict[str, str]) -> str:
    return pick_text(texts, current_language())


def _whole(number: int) -> str:
    return format_integer(number, current_language())


def _number(number: float) -> str:
    rounded = Decimal(str(round(number, 1)))
    decimals = 0 if rounded == rounded.to_integral_value() else 1
    return format_number(rounded, current_language(), decimals=decimals)


def _percent(rate: Rate) -> str:
    return format_percent(rate.percent(1), current_language())


def _signed(number: int) -> str:
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{abs(number)}"


def _date(day: date, pattern: str) -> str:
    return format_date(day, current_language(), pattern=pattern)


def _span(bar: Bar) -> str:
    return _number(bar.low) if bar.low == bar.high else f"{_number(bar.low)}–{_number(bar.high)}"

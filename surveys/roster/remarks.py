"""What an import noticed that keeps nobody out: shared mailboxes, garbled letters, lost cells."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from surveys.errors import N_
from surveys.roster.cells import GARBLED, Reason, show
from surveys.roster.checking import CheckedRow
from surveys.roster.fields import Field
from surveys.roster.tables import Table

LISTED_ROWS = 10
LISTED_SHEETS = 10


@dataclass(frozen=True)
class Remark:
    """One warning; `row` is the first row that it is about, if it is about rows."""

    reason: Reason
    row: int | None = None


class RemarkWatch:
    """Collects remarks while the rows of one table pass by; of a row it keeps its number only."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.nameless = [i for i, heading in enumerate(table.headings) if not heading.strip()]
        self.garbled_rows: list[int] = []
        self.nameless_rows: list[int] = []
        self.first_row_by_address: dict[str, int] = {}
        self.rows_by_shared: dict[str, list[int]] = {}
        self.others_by_address: dict[str, set[str]] = {}

    def look(self, number: int, cells: Sequence[str]) -> None:
        """Look at the cells of one row, taken in or not."""
        line = "\n".join(cells)
        if not line.isascii() and GARBLED.search(line):
            self.garbled_rows.append(number)
        if self.nameless and any(cells[i].strip() for i in self.nameless if i < len(cells)):
            self.nameless_rows.append(number)

    def note_mailbox(self, row: CheckedRow) -> None:
        """Note the address of a person who was taken in."""
        address = row.values.get(Field.EMAIL)
        if address is None:
            return
        first = self.first_row_by_address.setdefault(address, row.number)
        if first != row.number:
            self.rows_by_shared.setdefault(address, [first]).append(row.number)

    def note_others(self, people: Iterable[tuple[str, str]]) -> None:
        """Note (address, external id) of people in the roster who have an address of the file."""
        for address, external_id in people:
            self.others_by_address.setdefault(address, set()).add(external_id)

    def finish(self, keys: Collection[str]) -> list[Remark]:
        """Return all remarks; `keys` are the people taken in, whose address the file states."""
        return [*self._about_file(), *self._about_rows(), *self._about_mailboxes(keys)]

    def _about_file(self) -> Iterator[Remark]:
        if self.table.encoding == "cp1254":
            yield Remark(
                Reason(
                    "read_as_windows_1254",
                    N_(
                        "The file was read as Windows-1254. Look whether ş, ğ and İ came out right."
                    ),
                )
            )
        fields = {column.field for column in self.table.columns}
        if Field.GIVEN_NAME not in fields:
            message = N_(
                "No column holds given names, so that mails greet new people without one. If there"
                " is such a column, say which one it is."
            )
            yield Remark(Reason("no_name_column", message))
        if Field.EMAIL not in fields:
            yield Remark(
                Reason(
                    "no_email_column",
                    N_("No column holds e-mail addresses. New people can't be mailed."),
                )
            )

        if self.table.unread_sheets:
            names = [show(name) for name in self.table.unread_sheets[:LISTED_SHEETS]]
            more = ["…"] * (len(self.table.unread_sheets) > LISTED_SHEETS)
            message = N_(
                "Only one sheet of the workbook was read. Not read: %(sheets)s. If they hold"
                " graduates too, save each sheet as a file of its own and import it."
            )
            yield Remark(Reason("sheets_not_read", message, {"sheets": ", ".join(names + more)}))

    def _about_rows(self) -> Iterator[Remark]:
        if self.garbled_rows:
            message = N_(
                "Letters look garbled, first in row %(row)s (rows in all: %(count)s). Save the"
                " list as CSV UTF-8 and import it again."
            )
            yield _about("garbled_letters", message, self.garbled_rows)
        if self.nameless_rows:
            message = N_(
                "Cells under no heading were left out, first in row %(row)s (rows in all:"
                " %(count)s). Give the column a heading to take them in."
            )
            yield _about("cells_without_heading", message, self.nameless_rows)

    def _about_mailboxes(self, keys: Collection[str]) -> Iterator[Remark]:
        for address, first in self.first_row_by_address.items():
            rows = self.rows_by_shared.get(address, [first])
            others = self.others_by_address.get(address, set()).difference(keys)
            if len(rows) + len(others) > 1:
                yield Remark(_shared(address, rows, len(rows) + len(others)), first)


def _about(code: str, message: str, rows: Sequence[int]) -> Remark:
    return Remark(Reason(code, message, {"count": len(rows), "row": rows[0]}), rows[0])


def _shared(address: str, rows: Sequence[int], count: int) -> Reason:
    listed = ", ".join(map(str, rows[:LISTED_ROWS]))
    more = ", …" if len(rows) > LISTED_ROWS else ""
    return Reason(
        "shared_mailbox",
        N_(
            "%(count)s graduates share the address %(address)s (rows %(rows)s). They stay separate"
            " people, and each gets mails of their own."
        ),
        {"count": count, "address": address, "rows": listed + more},
    )

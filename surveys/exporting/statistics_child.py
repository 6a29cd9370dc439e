"""Writes an SPSS file in a process of its own: `python -I statistics_child.py ROWS OUT`.

pandas and the whole table live here and nowhere else, so that no server carries them. ROWS is JSON
by lines: first the labels, then a list of cells a row; days are ISO dates.
"""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat


def main(rows_path: str, out_path: str) -> None:
    """Write the table of `rows_path` to `out_path`."""
    with Path(rows_path).open(encoding="utf-8") as stream:
        labels = json.loads(stream.readline())
        rows = [json.loads(line) for line in stream]
    names, kinds = labels["names"], labels["kinds"]
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    frame = pd.DataFrame(
        {
            name: _series(kind, cells)
            for name, kind, cells in zip(names, kinds, columns, strict=True)
        }
    )
    pyreadstat.write_sav(
        frame,
        out_path,
        file_label=labels["title"],
        note=labels["notes"],
        column_labels=labels["labels"],
        variable_value_labels={
            name: {int(number): text for number, text in values.items()}
            for name, values in labels["values"].items()
        },
        missing_ranges=labels["missing"],
        variable_measure=labels["measures"],
        variable_format=labels["formats"],
    )


def _series(kind: str, cells: tuple[Any, ...]) -> pd.Series:
    if kind == "text":
        return pd.Series(["" if cell is None else cell for cell in cells], dtype=object)
    if kind == "day":
        days = [None if cell is None else date.fromisoformat(cell) for cell in cells]
        return pd.Series(days, dtype=object)
    return pd.Series(cells, dtype="float64")


if __name__ == "__main__":
    main(*sys.argv[1:])

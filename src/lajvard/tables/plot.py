"""Result tables as bars; kept apart so that matplotlib is loaded only when asked for."""

import matplotlib as mpl
from matplotlib.figure import Figure

from lajvard.errors import InputError
from lajvard.tables.printable import printable
from lajvard.tables.result import ResultTable


def bars(table: ResultTable, value: str = "", by: str = "") -> Figure:
    """Horizontal bars of one column, a bar a row, the first row on top.

    Raises
    ------
    InputError
        There is no such column, or none of numbers.

    Examples
    --------
    >>> from lajvard.tables import columns_of
    >>> columns = columns_of("place | | where" + chr(10) + "wait_h | h | mean wait")
    >>> waits = ResultTable.of("waits", columns, [{"place": "Sarpi", "wait_h": 12.5}])
    >>> bars(waits).axes[0].get_xlabel()
    'wait_h (h)'
    """
    numeric = [column.name for column in table.columns if column.numeric]
    if not value and not numeric:
        raise InputError(f"table '{table.name}'", "has no column of numbers", "Nothing to draw.")
    value = value or numeric[0]
    texts = [column.name for column in table.columns if not column.numeric]
    by = by or (texts[0] if texts else "")
    shown = next((column for column in table.columns if column.name == value), None)
    length = table.numbers(value)
    names = [str(name) for name in table.column(by)] if by else []
    assert shown is not None, "its numbers were read"
    label = f"{shown.title} ({shown.unit})" if shown.unit else shown.title
    with mpl.rc_context({"text.parse_math": False}):  # names may have two dollar signs
        figure = Figure(figsize=(7.0, 1.0 + 0.3 * max(len(table), 1)), layout="constrained")
        axes = figure.add_subplot()
        axes.barh(range(len(table)), length)
        axes.set_yticks(range(len(names)), [printable(name, line=True) for name in names])
        axes.invert_yaxis()
        axes.set_xlabel(printable(label))
        axes.set_title(printable(table.title or table.name))
    return figure

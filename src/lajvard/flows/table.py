"""What a table of answers is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FlowColumn:
    """A column: its name, unit (empty for text and shares) and meaning."""

    name: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class FlowTable:
    """Rows of one kind, for people and programs."""

    name: str
    meaning: str
    columns: tuple[FlowColumn, ...]
    rows: tuple[tuple[Any, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[Any]:
        """The values of a column."""
        ix = [column.name for column in self.columns].index(name)
        return [row[ix] for row in self.rows]

    def dicts(self) -> Iterator[dict[str, Any]]:
        """Each row as a mapping; a number that is not known is None."""
        names = [column.name for column in self.columns]
        for row in self.rows:
            yield {
                name: None if isinstance(value, float) and value != value else value
                for name, value in zip(names, row, strict=True)
            }


def columns_of(text: str) -> tuple[FlowColumn, ...]:
    """Columns from lines of ``name | unit | meaning``."""
    lines = (line.split("|") for line in text.strip().splitlines())
    return tuple(FlowColumn(*(part.strip() for part in line)) for line in lines)

"""What holds for all indicators: the registry, the order of rows, a second engine."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.indicators.logs import Row, log, one, same, table

from lajvard import indicators
from lajvard.errors import InputError
from lajvard.indicators import DIMENSIONS, INDICATORS, SUMMARY, Indicator
from lajvard.journeys import log_of, open_log, write_part
from lajvard.journeys.arrow import log_rows

DOCS = Path(__file__).parents[2] / "docs"
NEEDED: dict[str, dict[str, float]] = {
    "servers": {"TOR": 2.0, "SER": 1.0},
    "capacity": {"ferry": 4.0},
}
BYS = [(), ("route", "direction"), ("period", "run_id"), ("bcp",), ("country", "mode")]


def asked(indicator: Indicator, rows: ibis.Table, by: tuple[str, ...] | None) -> ibis.Table:
    """The indicator by some dimensions, or by its own."""
    needed = [NEEDED[indicator.needs]] if indicator.needs else []
    return indicator.function(rows, *needed, **({} if by is None else {"by": by}))


def answers(indicator: Indicator, rows: ibis.Table) -> Iterator[tuple[str, list[Row]]]:
    """The answers of an indicator by what each engine has to work out in its own way."""
    for by in (None, ("period", "run_id"), ("route", "direction")):
        try:
            found = asked(indicator, rows, by)
        except InputError:
            continue
        yield f"{indicator.name} by {by}", table(found)


def many(seed: int = 1, count: int = 12) -> list[Row]:
    """Journeys of two runs of two replications, two routes and classes, with ties."""
    random = Random(seed)
    journeys = [
        one(
            begin=random.randrange(0, 200, 7) / 2,
            queue=random.choice([0, 2, 2, 5]),
            route=random.choice(["north", "south"]),
            consignment_class=random.choice(["truck", "box", "background"]),
            run_id=random.choice(["base", "etir"]),
            replication=random.randrange(2),
        )
        for _ in range(count)
    ]
    return [
        {"journey_id": str(number), "seq": seq, **row}
        for number, rows in enumerate(journeys)
        for seq, row in enumerate(rows)
    ]


def test_indicators__are_named_once_and_say_what_they_are() -> None:
    for name, indicator in INDICATORS.items():
        assert name == indicator.name
        assert indicator.unit
        assert indicator.meaning
        assert indicator.function.__name__ in indicators.__all__
        assert indicator.needs in ("", *NEEDED)


@pytest.mark.parametrize("name", INDICATORS)
def test_indicators__state_formula_unit_and_source(name: str) -> None:
    text = INDICATORS[name].function.__doc__ or ""
    assert "Returns" in text
    assert "Notes" in text
    assert ":math:`" in text or name in ("profile", "throughput", "in-system", "departures")


def test_indicators__are_documented() -> None:
    page = (DOCS / "background/indicators.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE))
    assert set(INDICATORS) <= headings
    assert [name for name in DIMENSIONS if f"`{name}`" not in page] == []
    assert [name for name in SUMMARY if f"`{name}`" not in page] == []
    for indicator in INDICATORS.values():
        (row,) = re.findall(rf"^\| `{indicator.name}` \|(.*)$", page, re.MULTILINE)
        assert indicator.unit in row
        assert indicator.function.__name__ in row


@pytest.mark.parametrize("name", INDICATORS)
def test_indicators__begin_with_what_they_are_told_apart_by(name: str) -> None:
    rows = log(one())
    for by in BYS:
        try:
            found = asked(INDICATORS[name], rows, by)
        except InputError:
            continue
        assert tuple(found.columns)[: len(by)] == by


@settings(max_examples=12)
@given(
    name=st.sampled_from(sorted(INDICATORS)),
    seed=st.integers(0, 1000),
    random=st.randoms(use_true_random=False),
)
def test_indicators__do_not_mind_the_order_of_rows(name: str, seed: int, random: Random) -> None:
    rows = many(seed, count=5)
    mixed = random.sample(rows, len(rows))
    first = table(asked(INDICATORS[name], log_of(rows), None))
    assert same(first, table(asked(INDICATORS[name], log_of(mixed), None)))


def spark() -> Any:
    """Spark on this machine, as an Ibis engine."""
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }
    builder = SparkSession.builder.master("local[2]").appName("lajvard")
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return ibis.pyspark.connect(session)


@pytest.mark.validate
@pytest.mark.filterwarnings("ignore")  # Spark's own, of pandas and of sockets
def test_indicators__are_the_same_on_spark(tmp_path: Path) -> None:
    file = write_part(log_rows(many(count=20)), tmp_path / "part.parquet")
    on_spark, on_duckdb = spark().read_parquet(str(file)), open_log(file)
    for indicator in INDICATORS.values():
        there = dict(answers(indicator, on_spark))
        here = dict(answers(indicator, on_duckdb))
        assert there.keys() == here.keys()
        for name, rows in here.items():
            assert rows, name
            assert same(rows, there[name]), name
        print(f"{indicator.name}: {len(here)} tables agree on DuckDB and Spark")

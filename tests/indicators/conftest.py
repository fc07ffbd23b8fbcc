"""Ibis keeps one DuckDB for tables made in memory; it is let go before Python ends."""

import gc
from collections.abc import Iterator

import ibis
import pytest


@pytest.fixture(autouse=True, scope="session")
def _let_go() -> Iterator[None]:
    yield
    ibis.options.default_backend = None
    gc.collect()

"""What is known, left out and changed, as tables."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from lajvard.case import Case
from lajvard.flows.fit import SharePair
from lajvard.tables import ResultTable, columns_of

FIT = columns_of("""
share_id | | the observed share
title | | in words
observed | | observed share | 3
modelled | | share of the model; empty where the model has no such flow | 3
error | | modelled less observed | 3
fitted | | whether the choice was fitted to it
basis | | of the observation
source_id | | its sources
""")


def fit_table(pairs: Sequence[SharePair]) -> ResultTable:
    """A row an observed share."""
    rows = [
        {
            "share_id": pair.observed.share_id,
            "title": pair.observed.title,
            "observed": pair.observed.value,
            "modelled": pair.modelled,
            "error": pair.error,
            "fitted": pair.observed.fitted,
            "basis": pair.observed.basis,
            "source_id": "; ".join(pair.observed.source_ids),
        }
        for pair in pairs
    ]
    return ResultTable.of("fit", FIT, rows, title="observed shares and those of the model")


KNOWN = columns_of("""
origin | | country of the origin
destination | | country of the destination
tonnes_per_year | t/a | tonnes a year; empty where nothing is known
known | | published, derived, estimate, gravity model, or not known
""")


def known_table(case: Case) -> ResultTable:
    """A row a pair of the countries between which anything is described: what is known of it."""
    nodes = case.view.used("node")
    country = dict(zip(nodes.text("node_id"), nodes.text("country"), strict=True))
    tonnes: dict[tuple[str, str], float] = defaultdict(float)
    worst: dict[tuple[str, str], str] = {}
    order = ("published", "derived", "estimate")
    for one in case.sets:
        pair = (country[one.flow.origin], country[one.flow.destination])
        tonnes[pair] += one.flow.tonnes_per_year
        bases = {one.flow.basis, worst.get(pair, order[0])}
        worst[pair] = max(bases, key=lambda at: order.index(at) if at in order else len(order))
    ends = sorted({end for pair in tonnes for end in pair})
    rows = [
        {
            "origin": start,
            "destination": end,
            "tonnes_per_year": tonnes.get((start, end)),
            "known": worst.get((start, end), "not known"),
        }
        for start in ends
        for end in ends
        if start != end
    ]
    title = "what is known of each pair of countries"
    return ResultTable.of("known", KNOWN, rows, title=title)


LEFT_OUT = columns_of("""
demand_id | | the row of demand
reason | | why it is not modelled
""")


def left_out_table(left_out: Sequence[tuple[str, str]]) -> ResultTable:
    """A row a row of demand that is not modelled."""
    rows = [{"demand_id": name, "reason": reason} for name, reason in left_out]
    return ResultTable.of("left_out", LEFT_OUT, rows, title="rows of demand that are not modelled")


CHANGES = columns_of("""
demand_id | | the flow
way | | the named way, or the countries on the way
base_share | | part of the flow that takes it in the base
share | | part that takes it in the scenario
change | | difference of the shares | 3
change_tonnes_per_year | t/a | difference in tonnes a year
""")


def changes_table(base: ResultTable, other: ResultTable) -> ResultTable:
    """A row a flow and way of two tables of ways, the largest changes first."""

    def by_key(table: ResultTable) -> Mapping[tuple[str, str], tuple[float, float]]:
        return {
            (str(row["demand_id"]), str(row["way"])): (
                row.number("share"),
                row.number("tonnes_per_year"),
            )
            for row in table
        }

    before, after = by_key(base), by_key(other)
    rows: list[dict[str, Any]] = []
    for flow, way in dict.fromkeys([*before, *after]):
        old, old_t = before.get((flow, way), (0.0, 0.0))
        new, new_t = after.get((flow, way), (0.0, 0.0))
        rows.append(
            {
                "demand_id": flow,
                "way": way,
                "base_share": old,
                "share": new,
                "change": new - old,
                "change_tonnes_per_year": new_t - old_t,
            }
        )
    rows.sort(key=lambda row: -abs(row["change_tonnes_per_year"]))
    return ResultTable.of("changes", CHANGES, rows, title="what a scenario changes")

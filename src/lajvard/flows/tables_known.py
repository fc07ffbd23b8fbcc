"""What is known, left out and changed, as tables."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import nan

from lajvard.case import Case
from lajvard.flows.fit import SharePair
from lajvard.flows.table import FlowTable, columns_of

FIT = columns_of("""
share_id | | the observed share
title | | in words
observed | | observed share
modelled | | share of the model; empty where the model has no such flow
error | | modelled less observed
fitted | | whether the choice was fitted to it
basis | | of the observation
source_id | | its sources
""")


def fit_table(pairs: Sequence[SharePair]) -> FlowTable:
    """A row an observed share."""
    rows = tuple(
        (
            pair.observed.share_id,
            pair.observed.title,
            pair.observed.value,
            pair.modelled,
            pair.error,
            pair.observed.fitted,
            pair.observed.basis,
            "; ".join(pair.observed.source_ids),
        )
        for pair in pairs
    )
    return FlowTable("fit", "observed shares and those of the model", FIT, rows)


KNOWN = columns_of("""
origin | | country of the origin
destination | | country of the destination
tonnes_per_year | t/a | tonnes a year; empty where nothing is known
known | | published, derived, estimate, gravity model, or not known
""")


def known_table(case: Case) -> FlowTable:
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
        (start, end, tonnes.get((start, end), nan), worst.get((start, end), "not known"))
        for start in ends
        for end in ends
        if start != end
    ]
    return FlowTable("known", "what is known of each pair of countries", KNOWN, tuple(rows))


LEFT_OUT = columns_of("""
demand_id | | the row of demand
reason | | why it is not modelled
""")


def left_out_table(left_out: Sequence[tuple[str, str]]) -> FlowTable:
    """A row a row of demand that is not modelled."""
    return FlowTable("left_out", "rows of demand that are not modelled", LEFT_OUT, tuple(left_out))


CHANGES = columns_of("""
demand_id | | the flow
way | | the named way, or the countries on the way
base_share | | part of the flow that takes it in the base
share | | part that takes it in the scenario
change | | difference of the shares
change_tonnes_per_year | t/a | difference in tonnes a year
""")


def changes_table(base: FlowTable, other: FlowTable) -> FlowTable:
    """A row a flow and way of two tables of ways, the largest changes first."""

    def by_key(table: FlowTable) -> Mapping[tuple[str, str], tuple[float, float]]:
        return {(row[0], row[1]): (row[2], row[3]) for row in table.rows}

    before, after = by_key(base), by_key(other)
    rows = []
    for key in dict.fromkeys([*before, *after]):
        (old, old_t), (new, new_t) = before.get(key, (0.0, 0.0)), after.get(key, (0.0, 0.0))
        rows.append((*key, old, new, new - old, new_t - old_t))
    rows.sort(key=lambda row: -abs(row[5]))
    return FlowTable("changes", "what a scenario changes", CHANGES, tuple(rows))

"""One assignment by AequilibraE, run by the Python of an environment that has it.

`bench_assignment.py` calls it: arrays come as an ``.npz`` file, flows go to another, times and the
gap are printed as JSON. It takes nothing from Lajvard, so that both may want other libraries.
"""

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

LEAST_TIME = 1e-9
"""AequilibraE takes no link without time: that much instead."""


def graph_of(data: Any) -> Any:
    """The network as AequilibraE wants it."""
    import pandas as pd  # noqa: TID251 - AequilibraE's own tables
    from aequilibrae.paths import Graph

    n_links = len(data["tail"])
    columns = {
        "link_id": np.arange(1, n_links + 1),
        "a_node": data["tail"] + 1,
        "b_node": data["head"] + 1,
        "direction": np.ones(n_links, dtype=np.int8),
        "free_flow_time": np.maximum(data["free"], LEAST_TIME),
        "capacity": data["capacity"],
        "b": data["alpha"],
        "power": np.maximum(data["beta"], 1.0),
        "fixed": data["fixed"],
    }
    graph = Graph()
    graph.network = pd.DataFrame(columns)
    graph.prepare_graph(np.arange(1, int(data["n_zones"]) + 1))
    graph.set_graph("free_flow_time")
    graph.set_blocked_centroid_flows(bool(data["is_blocked"]))
    return graph


def demand_of(data: Any) -> Any:
    """The trips as a matrix in memory."""
    from aequilibrae.matrix import AequilibraeMatrix

    n_zones = int(data["n_zones"])
    trips = np.zeros((n_zones, n_zones))
    np.add.at(trips, (data["origin"], data["destination"]), data["volume"])
    matrix = AequilibraeMatrix()
    matrix.create_empty(zones=n_zones, matrix_names=["trips"], memory_only=True)
    matrix.index[:] = np.arange(1, n_zones + 1)
    matrix.matrix["trips"][:, :] = trips
    matrix.computational_view(["trips"])
    return matrix


def main(source: str, result: str, gap: str, most: str, cores: str) -> None:
    """Assign, write flows, print seconds and the gap."""
    from aequilibrae.paths import TrafficAssignment, TrafficClass

    logging.disable(logging.CRITICAL)
    data = np.load(source)
    graph, matrix = graph_of(data), demand_of(data)
    times = []
    for rounds in (1, int(most)):  # the first run warms up
        traffic = TrafficClass("all", graph, matrix)
        if data["fixed"].any():
            traffic.set_fixed_cost("fixed")
        assignment = TrafficAssignment()
        assignment.set_classes([traffic])
        assignment.set_vdf("BPR")
        assignment.set_vdf_parameters({"alpha": "b", "beta": "power"})
        assignment.set_capacity_field("capacity")
        assignment.set_time_field("free_flow_time")
        assignment.set_algorithm("bfw")
        assignment.set_cores(int(cores))
        assignment.max_iter, assignment.rgap_target = rounds, float(gap)
        start = time.perf_counter(), time.process_time()
        assignment.execute(log_specification=False)
        times = [time.perf_counter() - start[0], time.process_time() - start[1]]
    volume = assignment.results().sort_index()["PCE_AB"].to_numpy()
    np.savez(result, volume=volume)
    report = {
        "wall_s": times[0],
        "cpu_s": times[1],
        "gap": float(assignment.assignment.rgap),
        "iterations": int(assignment.assignment.iter),
    }
    Path(result).with_suffix(".json").write_text(json.dumps(report), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

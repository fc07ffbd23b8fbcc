"""The functions that equilibria minimise, where there are such functions."""

import numpy as np

from lajvard.assignment.arrays import FloatArray, FlowNetwork
from lajvard.assignment.delay import delay_integrals


def class_factors(network: FlowNetwork) -> FloatArray | None:
    """What the cost of each class is multiplied by in Beckmann's function, (n_classes,).

    ``load[k] / weight[k]``, relative to the first class that has both. None if there is no such
    function: then a class puts different loads on different links, or a load without minding the
    delay.
    """
    at_facility = network.load[:, network.facility >= 0]
    if not at_facility.size:
        return np.ones(len(network.weight))
    load = at_facility[:, 0]
    if (at_facility != load[:, None]).any() or ((network.weight == 0) & (load > 0)).any():
        return None
    factor = np.divide(load, network.weight, out=np.zeros_like(load), where=network.weight > 0)
    reference = factor[factor > 0]
    return factor / reference[0] if len(reference) else np.ones(len(load))


def beckmann(network: FlowNetwork, link_flow: FloatArray, facility_load: FloatArray) -> float:
    """Beckmann's function; not a number where there is none (see `class_factors`).

    The integral of the delay of every facility over its load, and what flows cost besides.
    """
    factor = class_factors(network)
    if factor is None:
        return float("nan")
    used = link_flow > 0
    fixed = np.where(used, link_flow, 0.0) * np.where(used, network.fixed, 0.0)
    value = float(factor @ fixed.sum(axis=1))
    has = network.facility >= 0
    if not has.any():
        return value
    load = network.load[:, has][:, 0]
    of = np.flatnonzero((load > 0) & (network.weight > 0))
    if len(of):
        hour = network.weight[of[0]] / load[of[0]]
        value += float(hour * delay_integrals(network.facilities, facility_load).sum())
    return value

"""Run by the Python that has GNPy: prints the ratio of signal to noise of every exported line.

Called with folders that hold an equipment and a network; prints one JSON object, by folder, of
GSNR in the bandwidth of the signal in dB, lowest channel first. With ``--integral`` interference
is GNPy's generalised model with Raman scattering between channels in place of its closed form.
"""

import json
import sys
from pathlib import Path
from typing import Any


def gsnr_db(folder: Path, integral: bool) -> list[float]:
    """What GNPy says of the line in a folder."""
    from gnpy.core.elements import Transceiver
    from gnpy.core.parameters import SimParams
    from gnpy.tools.json_io import load_equipments_and_configs, load_network
    from gnpy.tools.worker_utils import designed_network, transmission_simulation

    equipment = load_equipments_and_configs(folder / "equipment.json", [], [])
    network = load_network(folder / "network.json", equipment)
    settings: dict[str, Any] = {}
    if integral:
        settings = {
            "raman_params": {
                "flag": True,
                "result_spatial_resolution": 10e3,
                "solver_spatial_resolution": 200,
            },
            "nli_params": {"method": "ggn_approx", "computed_number_of_channels": 5},
        }
    SimParams.set_params(settings)
    ends = [node for node in network.nodes if isinstance(node, Transceiver)]
    network, request, reference = designed_network(
        equipment, network, source=ends[0].uid, destination=ends[1].uid, no_insert_edfas=True
    )
    path, _, _, _ = transmission_simulation(equipment, network, request, reference)
    return [float(value) for value in path[-1].snr]


if __name__ == "__main__":
    asked = sys.argv[1:]
    folders = [Path(name) for name in asked if name != "--integral"]
    print(json.dumps({str(f): gsnr_db(f, "--integral" in asked) for f in folders}))

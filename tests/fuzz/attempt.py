"""One input through everything that reads and computes: what came of it, in one word."""

import random
import traceback
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from tests.fuzz.mutate import CELLS, Files, bytes_of, mutated, table_of

import lajvard as lj
from lajvard.assignment.tntp import read_tntp_network, read_tntp_trips
from lajvard.corridor import check_corridor
from lajvard.corridor.formats.export import export_geojson
from lajvard.corridor.formats.gmns import read_gmns, write_gmns
from lajvard.corridor.formats.workbook import write_workbook
from lajvard.corridor.new import new_corridor
from lajvard.fibre.seabed.depth import read_seabed
from lajvard.simulation.simulate import simulate_replication

ORIGIN, DESTINATION = "Poti", "Turkmenbashi"
OUTCOMES = ("clear error", "right answer", "wrong in silence", "traceback", "crash", "hang")


class Outcome(NamedTuple):
    """What came of an input.

    Attributes
    ----------
    kind
        One of `OUTCOMES`; a crash and a hang are seen from outside.
    said
        The error, or what was wrong.
    """

    kind: str
    what: str
    said: str = ""


@cache
def starter_files() -> dict[str, bytes]:
    """The files of the starter corridor."""
    with TemporaryDirectory() as folder:
        where = new_corridor(Path(folder) / "st")
        return {path.name: path.read_bytes() for path in where.iterdir() if path.is_file()}


def write(files: Files, folder: Path) -> Path:
    """The files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def answer(corridor: lj.Corridor, folder: Path) -> tuple[float, ...]:
    """What routes, flows and some simulated days say of a corridor."""
    case = lj.Case(corridor)
    routes = lj.find_routes(case, ORIGIN, DESTINATION)
    flows = lj.assign_flows(case)
    model = lj.build_model(case, days=20).model
    counts = simulate_replication(model, seed=1, replication=0).statistics
    best = min(routes, key=lambda route: route.time_h)
    shares = [float(row["share"] or 0.0) for row in flows.tables["routes"]]
    found = (best.time_h, best.cost_usd, best.distance_km, sum(shares), counts.n_begun)
    if not np.isfinite(found).all() or min(found) < 0:
        raise AssertionError(f"an answer that cannot be: {found}")
    return tuple(float(value) for value in found)


def _corridor(seed: int, folder: Path) -> Iterator[Callable[[], object]]:
    files, _ = mutated(starter_files(), seed)
    where = write(files, folder / "c")
    if seed % 4 == 1:
        where = _zipped(where)
    corridor = lj.read_corridor(where)
    if seed % 4 == 3 and len(corridor["link"]):
        yield lambda: lj.write_corridor(corridor, folder / "same")
        yield lambda: write_workbook(corridor, folder / "c.xlsx")
        yield lambda: export_geojson(corridor, folder / "geojson")
        yield lambda: lj.read_corridor(folder / "c.xlsx")
    if seed % 2:
        yield lambda: check_corridor(corridor)
    yield lambda: [list(table.records()) for table in corridor]
    yield lambda: lj.compile_network(corridor)
    yield lambda: answer(corridor, folder)
    yield lambda: write_gmns(corridor, folder / "g")
    yield lambda: read_gmns(folder / "g")


def _zipped(folder: Path) -> Path:
    import zipfile

    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    return path


SCENARIO = """name: s
title: T
patches:
  - set: procedure
    where: {node_id: GEPTI}
    to: {mean_h: 3}
  - scale: tariff
    where: {item: haulage}
    by: {value: 1.1}
  - add: closure
    row: {closure_id: x, kind: dated, node_id: AZALT, start_date: 2025-06-01, effect: 0, reason: r}
  - remove: closure
    where: {kind: random}
"""


def _scenario(seed: int, folder: Path) -> Iterator[Callable[[], object]]:
    text = _spoilt(SCENARIO, random.Random(seed))
    file = folder / "s.yaml"
    file.write_bytes(text)
    start = lj.read_corridor(write(starter_files(), folder / "c"))
    yield lambda: answer(start.apply(file), folder)


LOG = """run_id,replication,journey_id,seq,activity,place_id,start,end
r,0,1,0,border_security,AZKRM,2025-01-01T00:00:00Z,2025-01-01T05:00:00Z
r,0,1,1,driving,AZKRM,2025-01-01T05:00:00Z,2025-01-01T09:00:00Z
"""


def _log(seed: int, folder: Path) -> Iterator[Callable[[], object]]:
    file = folder / "log.csv"
    file.write_bytes(_spoilt(LOG, random.Random(seed)))
    yield lambda: lj.check_log(lj.open_log(file))
    yield lambda: lj.open_log(file).count().execute()


NET = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 3
<FIRST THRU NODE> 3
<NUMBER OF LINKS> 2
<END OF METADATA>
~ init_node term_node capacity length free_flow_time b power speed toll link_type ;
1 3 10 2.5 1 1 1 0 0 1 ;
3 2 10 1 1 0.15 4 0 0 1 ;
"""


def _tntp(seed: int, folder: Path) -> Iterator[Callable[[], object]]:
    file = folder / "x_net.tntp"
    file.write_bytes(_spoilt(NET, random.Random(seed)))
    yield lambda: read_tntp_network(file)
    yield lambda: read_tntp_trips(file)


GRID = "ncols 4\nnrows 3\nxllcorner 49\nyllcorner 39\ncellsize 1\nNODATA_value -9999\n"
GRID += "-10 -20 -30 -10\n" * 3


def _grid(seed: int, folder: Path) -> Iterator[Callable[[], object]]:
    file = folder / f"d{random.Random(seed).choice(('.asc', '.tif', '.nc'))}"
    file.write_bytes(_spoilt(GRID, random.Random(seed)))
    start = lj.read_corridor(write(starter_files(), folder / "c"))
    yield lambda: read_seabed(start, file, places=[(50.0, 40.0), (51.0, 40.5)], level_m=0.0)


def _spoilt(text: str, draw: random.Random) -> bytes:
    """A text with some words, lines or bytes changed."""
    for _ in range(draw.randint(0, 3)):
        lines = text.splitlines()
        at, way = draw.randrange(len(lines)), draw.randrange(5)
        if way == 0:
            del lines[at]
        elif way == 1:
            lines.insert(at, lines[at])
        else:
            words = lines[at].replace(":", " : ").replace(",", " , ").split(" ")
            words[draw.randrange(len(words))] = draw.choice(CELLS)
            lines[at] = " ".join(words) if way == 2 else "".join(words)
        text = "\n".join(lines) + "\n"
        if not text.strip():
            break
    content = bytearray(text.encode("utf-8", "replace"))
    if draw.random() < 0.2 and content:
        for _ in range(draw.randint(1, 5)):
            content[draw.randrange(len(content))] = draw.randrange(256)
    return bytes(content)


def _renamed(files: Files, draw: random.Random) -> Files:
    """The ids of places are others, everywhere."""
    return {
        name: content.replace(b"GEPTI", b"PORT-1").replace(b"AZALT", b"Port two")
        for name, content in files.items()
    }


def _shuffled(files: Files, draw: random.Random) -> Files:
    """The rows of all tables but those whose order counts are in another order."""
    found = dict(files)
    for name in ("procedure.csv", "tariff.csv", "closure.csv", "source.csv", "calendar.csv"):
        header, rows = table_of(found[name])
        draw.shuffle(rows)
        found[name] = bytes_of((header, rows))
    return found


def _one_more(files: Files, draw: random.Random) -> Files:
    """A row that is not used stands beside one that is."""
    found = dict(files)
    for name in ("procedure.csv", "link.csv", "tariff.csv"):
        header, rows = table_of(found[name])
        row = list(draw.choice(rows))
        if "used" not in header:
            header.append("used")
            for each in rows:
                each.append("yes")
            row.append("no")
        row[header.index("used")] = "no"
        rows.append(row)
        found[name] = bytes_of((header, rows))
    return found


SAME = {"renamed": _renamed, "shuffled": _shuffled, "one more": _one_more}
"""Changes that must not change the answer."""


@cache
def _usual() -> tuple[float, ...]:
    with TemporaryDirectory() as folder:
        corridor = lj.read_corridor(write(starter_files(), Path(folder) / "c"))
        return answer(corridor, Path(folder))


def _metamorphic(seed: int, folder: Path) -> str:
    draw = random.Random(seed)
    name = draw.choice(sorted(SAME))
    files = SAME[name](starter_files(), draw)
    found = answer(lj.read_corridor(write(files, folder / "c")), folder)
    same = np.allclose(found[:4], _usual()[:4], rtol=1e-9)
    return "" if same else f"{name}: {found} instead of {_usual()}"


KINDS: dict[str, Callable[[int, Path], Iterator[Callable[[], object]]]] = {
    "corridor": _corridor,
    "scenario": _scenario,
    "log": _log,
    "tntp": _tntp,
    "grid": _grid,
}


def kind_of(seed: int) -> str:
    """What is tried with a seed: mostly corridors."""
    return (*("corridor",) * 7, "scenario", "log", "tntp", "grid", "same")[seed % 12]


def attempt(seed: int) -> Outcome:
    """Make the input of a seed and run it through all that takes it."""
    kind = kind_of(seed)
    with TemporaryDirectory() as name:
        folder = Path(name)
        try:
            if kind == "same":
                wrong = _metamorphic(seed, folder)
                return Outcome("wrong in silence" if wrong else "right answer", kind, wrong)
            for step in KINDS[kind](seed, folder):
                step()
        except lj.LajvardError as error:
            said = str(error)
            return Outcome("clear error" if said else "traceback", kind, said[:200])
        except AssertionError as error:
            return Outcome("wrong in silence", kind, str(error)[:300])
        except Exception as error:  # what the harness looks for
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(last.filename).name}:{last.lineno}"
            return Outcome("traceback", kind, f"{place} {type(error).__name__}: {error}"[:300])
    return Outcome("right answer", kind)

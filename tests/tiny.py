"""The tiny corridor of all tests: four nodes, two modes, one border crossing point.

::

    HEA ── road 120 km ── TOR ═ road 6 km, border AF-TM ═ SER ── rail 1520, 300 km ── MAR
    Herat                 Torghundi                       Serhetabat                  Mary
    city, AF              bcp, AF                         bcp, TM: road to rail       rail terminal

It has nothing wrong with it: `check_corridor(tiny_corridor()) == ()`.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace

from lajvard.corridor import Corridor, Patch, Scenario, Table
from lajvard.progress import Report

TEXTS = {
    "node": """
node_id,name,country,x_coord,y_coord,node_type,status,basis,source_id,note
HEA,Herat,AF,62.2,34.34,city,operating,published,S1,
TOR,Torghundi,AF,62.28,35.25,bcp,operating,published,S1,
SER,Serhetabat,TM,62.34,35.28,bcp,operating,published,S1,"bcp, and rail head"
MAR,Mary,TM,61.83,37.6,rail_terminal,operating,published,S1,
""",
    "link": """
link_id,from_node_id,to_node_id,directed,mode,length,free_speed,speed_cv,gauge_mm,\
status,since,until,basis,source_id,note
HEA-TOR,HEA,TOR,no,road,120,40,0.2,,operating,,,published,S1,
TOR-SER,TOR,SER,no,road,8,20,0.2,,operating,,,estimate,estimate,from a map
SER-MAR,SER,MAR,no,rail,300,30,0.2,1520,operating,1960,,published,S1;S2,
""",
    "cargo_class": """
cargo_class,name,payload_t,lorries,wagons,teu,value_of_time_usd_h,status,basis,source_id
truck,lorry,20,1,,,10,operating,estimate,estimate
box,20 ft container,18,1,0.5,1,10,operating,estimate,estimate
""",
    "procedure": """
procedure_id,node_id,other_node_id,mode,direction,activity,mean_h,cv,fee_usd,\
status,basis,source_id,note
TOR-out,TOR,SER,road,outbound,total_clearance,4,0.5,100,operating,published,S2,
TOR-in,TOR,SER,road,inbound,total_clearance,6,0.5,150,operating,published,S2,
SER-out,SER,TOR,road,outbound,total_clearance,2,0.5,50,operating,published,S2,
SER-in,SER,TOR,road,inbound,total_clearance,10,0.5,200,operating,published,S2,
""",
    "transfer": """
transfer_id,node_id,from_mode,from_gauge_mm,to_mode,to_gauge_mm,mean_h,cv,cost_usd,\
status,basis,source_id
SER-rail,SER,road,,rail,1520,12,0.5,80,operating,estimate,estimate
""",
    "demand": """
demand_id,origin_node_id,dest_node_id,commodity,cargo_class,tonnes_per_year,\
status,basis,source_id
D1,HEA,MAR,carpets,box,1000,operating,estimate,estimate
D2,SER,HEA,flour,truck,5000,operating,estimate,estimate
""",
    "tariff": """
tariff_id,item,country,mode,cargo_class,value,unit,status,basis,source_id
road,haulage,,road,,1.2,usd_per_lorry_km,operating,estimate,estimate
rail,haulage,TM,rail,box,0.04,usd_per_tkm,operating,estimate,estimate
""",
    "emission": """
emission_id,mode,vehicle,value,scope,status,basis,source_id
lorry,road,"lorry, diesel",70,wtw,operating,published,S2
wagon,rail,"wagon, diesel",20,wtw,operating,published,S2
""",
    "source": """
source_id,title,publisher,date,url,grade,note
S1,Atlas of roads and railways,Printing House,2019,,A,
S2,Border times,Observatory,2021-05,,B,
""",
}
"""The files of the tiny corridor."""


def tiny_corridor(**changes: str) -> Corridor:
    """The tiny corridor, with other text for some tables."""
    return corridor_of(TEXTS | changes)


def corridor_of(texts: Mapping[str, str]) -> Corridor:
    """A corridor from the text of its files."""
    return Corridor.of(
        {name: table_of(name, text) for name, text in texts.items()},
        name="tiny",
        title="Herat to Mary",
    )


def table_of(name: str, text: str) -> Table:
    """A table from the text of its file."""
    header, *rows = csv.reader(io.StringIO(text.strip() + "\n", newline=""))
    return Table.of(name, {column: [row[ix] for row in rows] for ix, column in enumerate(header)})


def changed(corridor: Corridor, table: str, row: int, /, **cells: str) -> Corridor:
    """The corridor with other cells in one row, by its number in the file."""
    rows = [dict(record) for record in corridor[table].dicts()]
    rows[row - 2] |= cells
    return _with(corridor, corridor[table].with_rows(rows))


def extended(corridor: Corridor, table: str, **cells: str) -> Corridor:
    """The corridor with one more row; what every row has is filled in."""
    common = {"status": "operating", "basis": "estimate", "source_id": "estimate"}
    row = ({} if table == "source" else common) | cells
    return _with(corridor, corridor[table].with_rows([*corridor[table].dicts(), row]))


def with_traffic(corridor: Corridor, lorries_a_day: str) -> Corridor:
    """The corridor with a count of lorries at the border of SER, both ways together."""
    what = {"quantity_id": "Q", "place": "x", "indicator": "trucks", "unit": "trucks/day"}
    where = {"node_id": "SER", "mode": "road", "value": lorries_a_day}
    return extended(corridor, "observation", **what, **where)


def without(corridor: Corridor, table: str, *rows: int) -> Corridor:
    """The corridor without some rows, by their numbers in the file."""
    kept = [dict(record) for record in corridor[table].dicts()]
    chosen = [record for number, record in enumerate(kept, start=2) if number not in rows]
    return _with(corridor, corridor[table].with_rows(chosen))


def open_border(corridor: Corridor, one: str, other: str) -> Corridor:
    """The corridor with posts between two places at which no lorry stops."""
    for here, there in ((one, other), (other, one)):
        row = {"procedure_id": f"{here}-{there}", "node_id": here, "other_node_id": there}
        row |= {"mode": "road", "direction": "both", "activity": "customs", "mean_h": "0"}
        corridor = extended(corridor, "procedure", **row)
    return corridor


class _Unchecked(tuple[()]):
    """Errors of a corridor that is not checked."""


def unchecked(corridor: Corridor) -> Corridor:
    """The corridor as if its check had found no errors: for roads and borders that no map has.

    What `changed`, `extended` and `without` make of it is not checked either.
    """
    same = replace(corridor)
    same.__dict__["errors"] = _Unchecked()
    return same


def _with(corridor: Corridor, table: Table) -> Corridor:
    found = corridor.with_table(table)
    is_checked = not isinstance(corridor.__dict__.get("errors"), _Unchecked)
    return found if is_checked else unchecked(found)


def told_to(lines: list[str]) -> Report:
    """What is called with progress, and keeps it as lines."""
    return lambda progress: lines.append(str(progress))


def scenario_of(usual: Corridor, after: Corridor) -> Scenario:
    """A scenario that makes one corridor of another: all rows of the tables that differ."""
    patches = []
    for table in after:
        if table.cells != usual[table.name].cells:
            patches.append(Patch("remove", table.name))
            for row in table.dicts():
                cells = {name: cell for name, cell in row.items() if cell}
                if cells.get("basis") == "published":
                    cells["basis"] = "derived"
                patches.append(Patch("add", table.name, values=cells))
    return Scenario("changed", patches=tuple(patches))

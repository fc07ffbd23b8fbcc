"""Access to the tables of `Memory`: ``actor_at(m.actor, a).when``.

Inside kernels a table is the address of its first record, so that the whole state is handed on as
one pointer, nothing is copied and no reference counted. Interpreted, a table is the array itself.
"""

from typing import Any

from lajvard._jit import JIT_ENABLED, lowest_bit, record_access, record_fetch
from lajvard.simulation import state_kernels as st
from lajvard.simulation.state_kernels import Memory, Records

world_at = record_access(st.WORLD, (*Memory._fields, *st.FIXED))
actor_at = record_access(st.ACTOR)
driver_at = record_access(st.DRIVER)
step_at = record_access(st.STEP, [name for name in st.STEP.names or () if name != "done"])
source_at = record_access(st.SOURCE)
route_at = record_access(st.ROUTE)
station_at = record_access(st.STATION)
queue_at = record_access(st.QUEUE)
gate_at = record_access(st.GATE)
line_at = record_access(st.LINE)
vessel_at = record_access(st.VESSEL)
fleet_at = record_access(st.FLEET)
terminal_at = record_access(st.TERMINAL)
pool_at = record_access(st.POOL)
rule_at = record_access(st.RULE, st.RULE.names or ())
change_at = record_access(st.CHANGE)
closed_at = record_access(st.CLOSED)
cut_at = record_access(st.CUT)
heap_at = record_access(st.PENDING)
tally_at = record_access(st.TALLY)
short_at = record_access(st.SHORT)
share_at = record_access(st.SHARE)
presence_at = record_access(st.PRESENCE)
day_at = record_access(st.DAY)
real_at = record_access(st.REAL)
whole_at = record_access(st.WHOLE)
count_at = record_access(st.COUNT)
word_at = record_access(st.WORD)
lowest = lowest_bit()
fetch_actor = record_fetch(st.ACTOR)
fetch_driver = record_fetch(st.DRIVER)
fetch_step = record_fetch(st.STEP)


class _Interpreted:
    """World and memory under the names that the kernels use, for the interpreter."""

    def __init__(self, world: Records, memory: Memory) -> None:
        object.__setattr__(self, "_world", world[0])
        object.__setattr__(self, "_memory", memory)

    def __getattr__(self, name: str) -> Any:
        if name in Memory._fields:
            return getattr(self._memory, name)
        return self._world[name].item()

    def __setattr__(self, name: str, value: Any) -> None:
        self._world[name] = value


def as_argument(world: Records, memory: Memory) -> Any:
    """The state as a kernel wants it: an address, or for the interpreter a table of one."""
    return world.ctypes.data if JIT_ENABLED else [_Interpreted(world, memory)]

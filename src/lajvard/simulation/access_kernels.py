"""Access to the tables of `Memory`: ``actor_at(m.actor, a).when``.

Inside kernels a table is the address of its first record, so that the whole state is handed on as
one pointer, nothing is copied and no reference counted. Interpreted, a table is the array itself.
"""

from lajvard._jit import record_access
from lajvard.simulation import state_kernels as st

world_at = record_access(st.WORLD)
actor_at = record_access(st.ACTOR)
driver_at = record_access(st.DRIVER)
step_at = record_access(st.STEP)
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
rule_at = record_access(st.RULE)
change_at = record_access(st.CHANGE)
closed_at = record_access(st.CLOSED)
heap_at = record_access(st.PENDING)
tally_at = record_access(st.TALLY)
short_at = record_access(st.SHORT)
share_at = record_access(st.SHARE)
presence_at = record_access(st.PRESENCE)
day_at = record_access(st.DAY)
real_at = record_access(st.REAL)
whole_at = record_access(st.WHOLE)
count_at = record_access(st.COUNT)

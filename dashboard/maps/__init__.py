"""Maps for the pages: a week's routes, debtors as dots, districts by a value, squares of the ground.

All text on them goes through ``escape``. Only this package imports folium. A page makes a ``Drawing`` and shows it;
what was clicked comes back as an id.
"""

from dashboard.maps.cells import cell_map, far_out
from dashboard.maps.contact_points import contact_map
from dashboard.maps.debtors import Kind, debtor_map
from dashboard.maps.frame import Drawing, Ground, pointed, seen, show
from dashboard.maps.pair import plan_pair
from dashboard.maps.regions import region_map
from dashboard.maps.week import week_map

__all__ = [
    "Drawing",
    "Ground",
    "Kind",
    "cell_map",
    "contact_map",
    "debtor_map",
    "far_out",
    "plan_pair",
    "pointed",
    "region_map",
    "seen",
    "show",
    "week_map",
]

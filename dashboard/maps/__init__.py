"""Maps for the pages: a week's routes, debtors as dots, districts by a value, squares of the ground.

All text on them goes through ``escape``. Only this package imports folium. A page makes a ``Drawing`` and shows it;
what was clicked comes back as an id.
"""

from dashboard.maps.cells import cell_map, far_out
from dashboard.maps.contact_points import contact_map
from dashboard.maps.debtors import Kind, debtor_map
from dashboard.maps.frame import (
    SILENT,
    Answer,
    Drawing,
    Ground,
    answer_of,
    has_basemap,
    pointed,
    seen,
    show,
    view_of,
)
from dashboard.maps.pair import plan_pair
from dashboard.maps.regions import region_map
from dashboard.maps.week import prepared, week_drawing, week_map

__all__ = [
    "SILENT",
    "Answer",
    "Drawing",
    "Ground",
    "Kind",
    "answer_of",
    "cell_map",
    "contact_map",
    "debtor_map",
    "far_out",
    "has_basemap",
    "plan_pair",
    "pointed",
    "prepared",
    "region_map",
    "seen",
    "show",
    "view_of",
    "week_drawing",
    "week_map",
]

"""Maps for the pages: a week's routes, debtors as dots, districts by a value. All text on them goes through ``escape``.

Only this package imports folium. A page makes a ``Drawing`` and shows it; what was clicked comes back as an id.
"""

from dashboard.maps.debtors import Kind, debtor_map
from dashboard.maps.frame import Drawing, Ground, show
from dashboard.maps.regions import region_map
from dashboard.maps.week import week_map

__all__ = ["Drawing", "Ground", "Kind", "debtor_map", "region_map", "show", "week_map"]

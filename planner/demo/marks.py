"""What says of a database that it is the demo's."""

from __future__ import annotations

#: setting of the demo's first branch, written when its people have been made
SEEDED = "demo_seeded_at"

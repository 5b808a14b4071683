"""The demo city: a place that does not exist, grown from a seed."""

from geodata.city.grow import City, grow

__all__ = ["City", "grow"]

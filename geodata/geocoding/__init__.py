"""Addresses without coordinates to places: who is asked is a ``Geocoder``, and every answer says how exact it is."""

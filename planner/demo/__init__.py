"""The people of the demo city: customers, debts, field teams and twelve weeks of visits, all invented from a seed.

The ground they stand on is ``geodata.city``. What is drawn here is *known* (``truth.py``), so that every estimate of
the product can be compared with it.
"""

"""The search in compiled form: flat arrays, labels of a route, removal of strings, insertion, annealing.

What is compiled reads two named tuples of arrays: ``Ground``, which a search never changes, and ``State``, the plan
it works on. ``ground`` builds them from an instance; ``kernel`` says how functions are compiled and where the result
is kept.
"""

"""What the application under test and its test both know."""

BRANCH = "YX03"
SLOW, SLOW_S = "/m/slow", 2.0
#: names of the environment: the week to plan, and what a fault's message quotes
WEEK, CRASHES = "FIELD_WEEK", "FIELD_CRASHES"

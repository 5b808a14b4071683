"""The examples in the docstrings hold."""

import doctest
import importlib
import pkgutil

import pytest

import dashboard

#: Importing the page script draws a page.
NAMES = [one.name for one in pkgutil.walk_packages(dashboard.__path__, "dashboard.") if one.name != "dashboard.main"]


@pytest.mark.parametrize("name", NAMES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0

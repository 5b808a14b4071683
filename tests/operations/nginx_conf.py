"""nginx's configuration read as words: enough to compare it with the program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

WORD = re.compile(r"""\s*(?:(#[^\n]*)|("(?:[^"\\]|\\.)*")|([{};])|([^\s{};"#]+))""")


@dataclass
class Directive:
    """One line or block: its name, its words, what stands in it."""

    name: str
    words: list[str]
    inside: list[Directive] = field(default_factory=list)

    def all(self, name: str) -> list[Directive]:
        """Give what is called so directly inside."""
        return [one for one in self.inside if one.name == name]

    def one(self, name: str) -> Directive:
        """Give the only one that is called so directly inside."""
        (found,) = self.all(name)
        return found

    def every(self, name: str) -> Iterator[Directive]:
        """Give what is called so at any depth."""
        for one in self.inside:
            if one.name == name:
                yield one
            yield from one.every(name)


def read(text: str) -> Directive:
    """Read a whole file."""
    top = Directive("", [])
    open_ones, words = [top], list[str]()
    for comment, quoted, sign, bare in WORD.findall(text):
        if sign in (";", "{"):
            made = Directive(words[0], words[1:])
            open_ones[-1].inside.append(made)
            words = []
            if sign == "{":
                open_ones.append(made)
        elif sign == "}":
            open_ones.pop()
        elif not comment:
            words.append(bare or quoted[1:-1])
    assert open_ones == [top]
    assert not words
    return top

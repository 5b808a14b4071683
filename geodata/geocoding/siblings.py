"""Streets that are siblings: one name but for what tells them apart, 新华一路 and 新华二路, East and West.

Such a difference is no slip of the pen: who writes the one does not mean the other, though it alone be on the map.
"""

from __future__ import annotations

from collections import Counter

_HAN = frozenset("东西南北中前后内外上下左右新老旧大小支辅一二三四五六七八九十甲乙丙丁")
_WORDS = """
    east west north south middle central inner outer upper lower new old great little
    first second third fourth fifth sixth seventh eighth ninth tenth one two three four five six seven eight nine ten
    dong xi nan bei zhong qian hou nei wai shang xia zuo you xin lao jiu da xiao zhi fu
    yi er san si wu liu qi ba shi jia bing ding
    norte sul leste oeste nascente poente cima baixo nova novo velha velho
"""
_LATIN = frozenset(_WORDS.split())
#: Words that tell streets apart also after the whole name, where most of the others begin the name of a district.
_SIDE_WORDS = "east west north south middle central dong xi nan bei zhong norte sul leste oeste"
_SIDES = frozenset(_SIDE_WORDS.split())
#: A city (市) in pinyin, though ten as well.
_CITY = frozenset({"shi"})
_BEFORE = _LATIN - _CITY
_LONGEST = max(map(len, _LATIN))


def han_siblings(text: str, name: str) -> bool:
    """Tell whether two names in Chinese, a slip or two from each other, differ by what tells streets apart.

    >>> han_siblings("新华一路", "新华二路"), han_siblings("中山路", "中山东路"), han_siblings("东新路", "新东路")
    (True, True, True)
    >>> han_siblings("之行路", "知行路"), han_siblings("中山冬路", "中山东路"), han_siblings("中山东东路", "中山东路")
    (False, False, False)
    >>> han_siblings("东人民公园路", "人民公园东路"), han_siblings("民人公园东路", "人民公园东路")
    (True, False)
    """
    from rapidfuzz.distance import Levenshtein

    if _digits(text) != _digits(name):
        return True
    less, more = Counter(text) - Counter(name), Counter(name) - Counter(text)
    if not less and not more:  # letters swapped, or one that stands elsewhere
        differ = [(a, b) for a, b in zip(text, name, strict=True) if a != b]
        moved = len(differ) > 2 and _without_han(text) == _without_han(name)
        return moved or all(a in _HAN and b in _HAN for a, b in differ)
    for one in Levenshtein.editops(text, name):
        at, to = one.src_pos, one.dest_pos
        if one.tag == "replace":
            apart = text[at] in _HAN and name[to] in _HAN
        elif one.tag == "delete":
            apart = text[at] in _HAN and text[at] in less and not _doubled(text, at)
        else:
            apart = name[to] in _HAN and name[to] in more and not _doubled(name, to)
        if apart:
            return True
    return False


def han_beside(before: str, name: str) -> bool:
    """Tell whether letters before a street's name make the name of another street; one that is doubled does not.

    >>> han_beside("东", "新华路"), han_beside("滨江老", "新华路"), han_beside("滨江", "新华路")
    (True, True, False)
    >>> han_beside("东", "东山路"), han_beside("", "新华路")
    (False, False)
    """
    return before[-1:] in _HAN and before[-1:] != name[:1]


def latin_beside(before: str, after: str) -> bool:
    """Tell whether a word before or after a street's name, "" none, makes the name of another street.

    >>> latin_beside("east", ""), latin_beside("", "west"), latin_beside("yunxi", "new"), latin_beside("shi", "")
    (True, True, False, False)
    """
    return before in _BEFORE or after in _SIDES


def latin_siblings(text: str, name: str) -> bool:
    """Tell whether two names in Latin letters, words with blanks between, differ by what tells streets apart.

    The word may be written together with the one before it, as the map does or the address.

    >>> latin_siblings("renmin east lu", "renmin west lu")
    True
    >>> latin_siblings("chaoyangmen nei dajie", "chaoyangmenwai dajie")
    True
    >>> latin_siblings("zhixing lu", "zhixing xi lu"), latin_siblings("zhixinng lu", "zhixing lu")
    (True, False)
    """
    if _digits(text) != _digits(name):
        return True
    words, others = text.split(), name.split()
    if len(words) == len(others) and any(
        a != b and a in _LATIN and b in _LATIN for a, b in zip(words, others, strict=True)
    ):
        return True
    return _instead(words, "".join(others)) or _instead(others, "".join(words))


def _instead(words: list[str], other: str) -> bool:
    """Tell whether the other has, where one of these words ends, another word of those or none."""
    solid, end = "".join(words), 0
    for word in words:
        end += len(word)
        head, tail = solid[:end], solid[end:]
        if not other.endswith(tail):
            continue
        rest = other[: len(other) - len(tail)]
        for length in range(min(_LONGEST, len(head)) + 1):
            mine, stem = head[len(head) - length :], head[: len(head) - length]
            theirs = rest[len(stem) :]
            if mine != theirs and rest.startswith(stem) and {mine, theirs} <= _LATIN | {""}:
                return True
    return False


def _without_han(text: str) -> str:
    return "".join(letter for letter in text if letter not in _HAN)


def _doubled(text: str, at: int) -> bool:
    return text[at] in (text[at - 1 : at], text[at + 1 : at + 2])


def _digits(text: str) -> list[str]:
    return [letter for letter in text if letter.isdigit()]

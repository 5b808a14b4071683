"""Every article of the Chinese rule pack is said in Chinese, wherever it stands behind a reason."""

import re

from config.rules import FOLDER
from dashboard.text import speaking
from dashboard.text.articles import ARTICLES, article_words
from dashboard.text.findings import law


def test_every_article_of_the_chinese_pack_has_its_chinese() -> None:
    pack = (FOLDER / "CN.toml").read_text(encoding="utf-8")
    named = set(re.findall(r'article = "([^"]+)"', pack))
    assert len(named) > 30
    assert named == ARTICLES
    with speaking("zh"):
        assert [one for one in named if not re.search(r"[\u4e00-\u9fff]", article_words(one)[:4])] == []
        assert law("Civil Code 188(1)") == "《民法典》第一百八十八条第一款"

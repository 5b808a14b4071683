"""Twenty-five texts that try to run, a person who must not be seen elsewhere, and a list that brings them in."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.browser.demo import ROOT, VAR, environment

#: each leaves a mark that the watch sees: an element or a link of its own, or ``window.__hit``
PAYLOADS = (
    "<img data-xss src=xss onerror=window.__hit=1>",
    "<svg data-xss onload=window.__hit=1>",
    "<script data-xss>window.__hit=1</script>",
    "</script><script data-xss>window.__hit=1</script>",
    "</style><img data-xss src=xss>",
    "</title><img data-xss src=xss>",
    "</textarea><img data-xss src=xss>",
    "--><img data-xss src=xss>",
    "]]><img data-xss src=xss>",
    '" data-xss onmouseover="window.__hit=1',
    "' data-xss onmouseover='window.__hit=1",
    '"><img data-xss src=xss>',
    "'><img data-xss src=xss>",
    "<a data-xss href=javascript:window.__hit=1>x</a>",
    "[x](javascript:window.__hit=1)",
    "![x](xss.png)",
    "[x](xss.html)",
    "<javascript:window.__hit=1>",
    "${window.__hit=1}",
    "`+(window.__hit=1)+`",
    "`;window.__hit=1;`",
    "<iframe data-xss srcdoc='<script>parent.__hit=1</script>'></iframe>",
    "<details data-xss open ontoggle=window.__hit=1>",
    "<math><mtext><img data-xss src=xss></math>",
    "{{constructor.constructor('window.__hit=1')()}}<b data-xss>",
)
MARKS = "[data-xss], [src*='xss' i], [href*='xss' i], [href^='javascript:' i]"
#: a text as it would stand in a page if nobody cared, in every place where one may stand
CARELESS = (
    "<div>{text}</div>",
    '<div title="{text}">x</div>',
    "<div title='{text}'>x</div>",
    "<script>window.__text=`{text}`</script>",
    '<script>window.__text="{text}"</script>',
    "<style>/*{text}*/</style>",
    "<title>{text}</title>",
    "<textarea>{text}</textarea>",
    "<!--{text}-->",
    "<svg><![CDATA[{text}]]></svg>",
)

#: the person: none of it stands in the demo
NAME, PHONE, ADDRESS = "尉迟金丝雀", "13987650423", "云溪市金丝雀巷4711号"
ID_NUMBER = "990000197704234711"
PERSON = (NAME, PHONE, ADDRESS, ID_NUMBER)
COLUMNS = {"name": "姓名", "phone": "本人手机", "address": "家庭地址", "id": "证件号"}


def relist(var: Path, branch: str, changes: Mapping[str, Mapping[str, str]], *, name: str = "changed.csv") -> None:
    """Import a list in which some accounts, by their case id, read otherwise; the others are not in it."""
    with (VAR / "demo" / f"overdue_{branch}.csv").open(encoding="gb18030", newline="") as file:
        head, *rows = csv.reader(file)
    at = {field: head.index(column) for field, column in COLUMNS.items()}
    named = []
    for row in rows:
        if row[0] in changes:
            for field, value in changes[row[0]].items():
                row[at[field]] = value
            named.append(row)
    assert len(named) == len(changes)
    path = var / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *named])
    command = [sys.executable, "-m", "planner", "import", str(path), "--branch", branch]
    done = subprocess.run(command, cwd=ROOT, env=environment(var), check=True, capture_output=True, timeout=120)
    path.unlink()  # the list itself is the bank's; what was made of it is looked at
    said = (done.stdout + done.stderr).decode()
    assert not [part for part in PERSON if part in said]

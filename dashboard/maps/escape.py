"""The one function through which text reaches a map.

folium writes tooltips and popups as JavaScript template literals, so HTML escaping alone lets ``${…}`` run and a back
tick end the literal. Here every character that means something to HTML, to a template literal or to a string becomes a
numeric entity, which the browser shows as the character it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import escape as html_escape

ENTITIES = {ord(sign): f"&#{ord(sign)};" for sign in "`$\\{}"}
LINE_ENDS = {0x2028: " ", 0x2029: " ", ord("\n"): " ", ord("\r"): " "}
#: JSON may say these in another way, so that no script, tag or template ends inside a string.
IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&`$"}


def escape(text: object) -> str:
    r"""Give text that is safe inside HTML, an attribute, a template literal and a quoted string alike.

    >>> escape("<b>${alert(1)}`")
    '&lt;b&gt;&#36;&#123;alert(1)&#125;&#96;'
    """
    return str(html_escape(str(text))).translate(ENTITIES).translate(LINE_ENDS)


def tip(title: object, pairs: Sequence[tuple[object, object]] = (), lines: Sequence[object] = ()) -> str:
    """Give the HTML of a tooltip: a title, labelled values, plain lines; every text of it escaped.

    >>> tip("3", [("Due", "<x>")])
    '<b>3</b><div class="pair"><span>Due</span><span>&lt;x&gt;</span></div>'
    """
    rows = [f'<div class="pair"><span>{escape(name)}</span><span>{escape(value)}</span></div>' for name, value in pairs]
    return "".join([f"<b>{escape(title)}</b>", *rows, *(f"<div>{escape(line)}</div>" for line in lines)])


def script_value(value: Mapping[str, Any]) -> str:
    r"""Give a value as a JavaScript literal (ASCII); numbers that are not finite are refused.

    Raises
    ------
    ValueError
        If a number is NaN or infinite: what is unknown must be left out by the caller.

    >>> script_value({"id": "</script>"})
    '{"id":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.translate(IN_SCRIPT)

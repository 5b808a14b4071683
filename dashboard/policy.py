"""Which headers go with which answer: what a page may load, run, embed and keep.

A page of Streamlit runs scripts from this host and the one inline script of its ``index.html``, known by its hash. The
frame of a map needs eval, so it is sandboxed instead: from inside, the parent page, cookies, storage and the network
are out of reach, and even a name whose escaping was forgotten stays in the frame. Nothing loads from another host, but
for the pictures of the one vendor of map tiles that the settings may name, and those in a map's frame only.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

Headers = tuple[tuple[str, str], ...]

INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)

COMPONENT = (
    "sandbox allow-scripts; default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'none'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
PLAIN = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
ASSET = "default-src 'none'; frame-ancestors 'none'"


def component_policy(pictures: str = "") -> str:
    """Give the policy of a map's frame; ``pictures`` is the one other source of pictures, as scheme, host and port."""
    return COMPONENT.replace("img-src 'self' data:", f"img-src 'self' data: {pictures}".rstrip())


#: Answers that hold no personal data: anybody may have them, and a browser may keep them.
PUBLIC_PREFIXES = ("/assets/", "/static/", "/component/")
PLAIN_PREFIXES = ("/m", "/act-as", "/appearance", "/language", "/login", "/logout", "/password", "/account")


def script_hashes(html: str) -> tuple[str, ...]:
    """Give the CSP sources of a page's inline scripts.

    >>> script_hashes("<script>a = 1</script><script src='x.js'></script>")
    ("'sha256-tbwf/ZCRL7GL7259gJCRksemSSiWMgFW1n+68QTGVEo='",)
    """
    digests = (hashlib.sha256(body.encode()).digest() for body in INLINE_SCRIPT.findall(html))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def page_policy(hashes: Iterable[str]) -> str:
    """Give the policy of Streamlit's pages, with the hashes of the inline scripts that may run."""
    scripts = " ".join(("'self'", *hashes))
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "font-src 'self' data:; img-src 'self' data: blob:; connect-src 'self'; frame-src 'self'; "
        "worker-src 'self' blob:; media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; object-src 'none'"
    )


def streamlit_page_policy() -> str:
    """Give the page policy for the ``index.html`` of the installed Streamlit."""
    from streamlit import file_util

    index = Path(file_util.get_static_dir()) / "index.html"
    return page_policy(script_hashes(index.read_text(encoding="utf-8")))


def starts(path: str, prefixes: Iterable[str]) -> bool:
    """Say whether a path is one of the prefixes or lies below one.

    >>> starts("/m/YX01", ["/m"]), starts("/media/1", ["/m"]), starts("/assets/a.js", ["/assets/"])
    (True, False, True)
    """
    return any(path == p or path.startswith(p if p.endswith("/") else f"{p}/") for p in prefixes)


def headers_for(path: str, *, pages: str, secure: bool, kept: bool, frames: str = COMPONENT) -> Headers:
    """Give the headers of an answer by its path.

    Parameters
    ----------
    path
        The request's path.
    pages
        The policy of Streamlit's pages, see ``streamlit_page_policy``.
    secure
        Whether the request came by https: only then does the browser heed, and may we promise, https for ever.
    kept
        Whether the application itself said how long the answer may be kept.
    frames
        The policy of a map's frame, see ``component_policy``.
    """
    public = starts(path, PUBLIC_PREFIXES)
    if path.startswith("/component/"):
        policy = frames
    elif public:
        policy = ASSET
    elif starts(path, PLAIN_PREFIXES):
        policy = PLAIN
    else:
        policy = pages
    headers = [
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
        # A sandboxed frame has no origin of its own: what it loads must be allowed to leave.
        ("Cross-Origin-Resource-Policy", "cross-origin" if public else "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
    if not path.startswith("/component/"):
        headers.append(("X-Frame-Options", "DENY"))
    if not public:
        headers.append(("Cache-Control", "no-store"))
    elif not kept:
        headers.append(("Cache-Control", "no-cache"))
    if secure:
        headers.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    return tuple(headers)

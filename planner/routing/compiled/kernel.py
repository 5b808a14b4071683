"""How functions are compiled, and where the machine code is kept between processes.

numba's own cache looks at the file of the outermost function only: a change in a function that it calls would go
unseen. So the code is kept in a folder named after the content of all files of this package.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba

HERE = Path(__file__).parent

P = ParamSpec("P")
R = TypeVar("R")


def _folder() -> Path:
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(HERE.glob("*.py")):
        digest.update(path.read_bytes())
    return HERE / "__pycache__" / f"kernels-{digest.hexdigest()[:16]}"


FOLDER = _folder()


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function to machine code that keeps no references and lets other threads run.

    Without reference counts (``_nrt``) arrays may be handed on in named tuples at no cost, but nothing may be allocated
    inside: every array a kernel writes to is given to it.
    """
    compiled: Callable[P, R] = _compiled(function, _nrt=False)
    return compiled


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a small function into each of its callers: handing on two dozen arrays costs more than it does."""
    compiled: Callable[P, R] = _compiled(function, _nrt=False, forceinline=True)
    return compiled


def _compiled(function: Callable[..., Any], **options: Any) -> Any:
    settings: Any = numba.config
    before = settings.CACHE_DIR
    settings.CACHE_DIR = str(FOLDER)
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
    finally:
        settings.CACHE_DIR = before

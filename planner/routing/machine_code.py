"""How functions are compiled, and where the machine code is kept between processes.

numba's own cache looks at the file of the outermost function only: a change in a function that it calls would go
unseen. So the code is kept in a folder named after the content of all files of the package that it comes from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiler(package: Path, **options: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Give what compiles the functions of a package, whose folder is named; other threads run meanwhile.

    ``options`` are numba's.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(package.glob("*.py")):
        digest.update(path.read_bytes())
    folder = str(package / "__pycache__" / f"kernels-{digest.hexdigest()[:16]}")

    def compiled(function: Callable[P, R]) -> Callable[P, R]:
        settings: Any = numba.config
        before = settings.CACHE_DIR
        settings.CACHE_DIR = folder
        try:
            made: Callable[P, R] = numba.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
        finally:
            settings.CACHE_DIR = before
        return made

    return compiled

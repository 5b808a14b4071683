"""The arguments of a command: what is wrong with them is said in one sentence, as of any other bad input."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn


class Arguments(argparse.ArgumentParser):
    """An ``ArgumentParser`` that complains in one sentence, names the way to the help, and ends with status 2."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end the process."""
        told = message[:1].upper() + message[1:]
        sys.stderr.write(f"{told.rstrip('.')}; see: {self.prog} --help.\n")
        raise SystemExit(2)

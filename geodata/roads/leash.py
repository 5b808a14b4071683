"""Run a command that ends when its starter ends, even when that is killed.

Started as a script by :mod:`geodata.roads.server`: ``python leash.py PARENT COMMAND…``. On Linux the kernel is asked to
kill the command together with the thread that started it, and this process becomes the command. Elsewhere it stays,
and kills the command once its standard input, which the starter holds open, has ended. Imports nothing of the project.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading

PR_SET_PDEATHSIG = 1


def become(command: list[str], parent: int) -> None:
    """Turn into the command, tied to the parent by the kernel (Linux)."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the knot was tied
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def unblock() -> None:
    """Let requests to end through."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])


def watch(command: list[str]) -> int:
    """Run the command until it ends or standard input does; give its exit status."""
    # Blocked until there is a command to kill: asked to end in between, it would leave that behind.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=unblock)  # noqa: PLW1509 - no thread runs yet
    signal.signal(signal.SIGTERM, lambda *_: child.kill())
    unblock()

    def kill_when_orphaned() -> None:
        while os.read(0, 4096):
            pass
        child.kill()

    threading.Thread(target=kill_when_orphaned, daemon=True).start()
    return child.wait()


if __name__ == "__main__":
    if sys.platform == "linux" and os.environ.get("ROUNDS_LEASH") != "watch":
        become(sys.argv[2:], int(sys.argv[1]))
    sys.exit(watch(sys.argv[2:]))

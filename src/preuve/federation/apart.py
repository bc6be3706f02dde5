"""Apart: work done in a copy of this process, so that what it loads does not stay here."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor


def can_fork() -> bool:
    """Whether a copy of this process would be sound: Polars' threads do not survive a fork."""
    return sys.platform == "linux" and "polars" not in sys.modules and threading.active_count() == 1


def apart(work: Callable[[], None]) -> None:
    """Do some work in a copy of this process where one would be sound, else here.

    Raises:
        Exception: what the work raises.
    """
    if not can_fork():
        work()
        return
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool:
        pool.submit(work).result()

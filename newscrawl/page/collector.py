"""Python's collector of cycles, paused while a page is read.

A page becomes tens of thousands of small objects, none of them in a cycle: they are freed as soon as the
last reference goes. The collector does not know that, is called every 700 of them, and looks through the
heap of whatever else the program has loaded: a sixth of the time of a page.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Runs no collection meanwhile; afterwards it is on again if it was. Any thread may use it.

    Of two threads that overlap, the one that found the collector on turns it on again.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()

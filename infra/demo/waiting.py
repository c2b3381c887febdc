"""Waiting for what happens elsewhere: a condition asked again and again, never longer than a bound.

LYCEUM_PATIENCE multiplies all bounds, for a machine that is busy with other things (3: three times as long).
"""
import os
import time
from collections.abc import Callable
from typing import TypeVar

from client import StoryFailed

Value = TypeVar("Value")
PAUSE_SECONDS = 0.05
PATIENCE = float(os.environ.get("LYCEUM_PATIENCE", "1"))


def until(what: str, condition: Callable[[], Value | None], seconds: float) -> Value:
    """The first value that is neither None nor false; StoryFailed when there is none within the bound."""
    seconds *= PATIENCE
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise StoryFailed(f"{what}: not within {seconds:g} s")
        time.sleep(PAUSE_SECONDS)
    return value

"""What came of one request of a load, whichever load it was."""
import dataclasses

BROKEN = 0
"""The status of a request that got no answer: the connection was refused, reset or ended."""


@dataclasses.dataclass(frozen=True)
class Answered:
    """One request: when it began or was due (seconds of time.monotonic, which is an event loop's clock too), how long it took, the answer, and what
    was asked."""

    began: float
    seconds: float
    status: int
    retry_after: str | None = None
    name: str = ""
    text: str = ""

    @property
    def ended(self) -> float:
        return self.began + self.seconds

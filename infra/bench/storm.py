"""Many who sign in at once."""
import pathlib
import subprocess
import time

from . import data, wrk
from .comparison import Contender
from .measuring import LoadFailed, Measured
from .wrk import Ask, Load


def sign_ins() -> list[Ask]:
    body = '{{"email":"{}","password":"{}"}}'
    return [Ask("/v1/sessions", "POST", body=body.format(data.email(number), data.PASSWORD)) for number in range(1, data.SIGNERS + 1)]


class Storm:
    """A load that goes on while another is measured."""

    def __init__(self, load: Load, scratch: pathlib.Path):
        self.load = load
        self.scratch = scratch

    def beside(self, contender: Contender) -> Contender:
        """The same contender, measured while the storm goes on."""
        def measure(number: int, seconds: int) -> Measured:
            command, environment = wrk.command_line(self.load, seconds + 1, self.scratch)
            other = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
            try:
                time.sleep(0.3)   # the storm is to be there when the clock begins to run
                return contender.measure(number, seconds)
            finally:
                try:
                    status = other.wait(timeout=seconds + 30)
                except subprocess.TimeoutExpired:
                    other.kill()
                    other.wait()
                    raise LoadFailed("the storm did not end") from None
                if status != 0:
                    raise LoadFailed("the storm did not blow")
        return Contender(contender.name, measure)

"""The scripts that set up, start and test Lyceum, tried piece by piece."""
import pathlib
import signal
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "infra"))

# A shell starts what runs in the background with Ctrl-C ignored, which children inherit: these tests are about what it does where it is heard.
signal.signal(signal.SIGINT, signal.default_int_handler)

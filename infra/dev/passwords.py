"""Random passwords of a stack, made once and kept in its folder, readable by their owner only."""
import json
import secrets
import threading

from .layout import Layout


class Passwords:
    """Parts are settled at the same time: one of them at once makes a password and writes the file."""

    def __init__(self, layout: Layout):
        self._lock = threading.Lock()
        self._layout = layout
        self._path = layout.dir / "passwords.json"
        self._known = json.loads(self._path.read_text()) if self._path.exists() else {}

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def __getitem__(self, name: str) -> str:
        """The password for this name; letters, digits, - and _ only, so that it fits into any URL and file."""
        with self._lock:
            if name not in self._known:
                self._known[name] = secrets.token_hex(16)
                self._layout.write_private(self._path, json.dumps(self._known, indent=1) + "\n")
            return self._known[name]

"""Where everything of one stack lies."""
import dataclasses
import functools
import hashlib
import os
import pathlib
import pwd
import shutil


@dataclasses.dataclass(frozen=True)
class Layout:
    root: pathlib.Path
    """The checkout."""
    dir: pathlib.Path
    """The folder that holds everything this stack writes."""
    venv: pathlib.Path
    """The Python environment that `make setup` made."""
    binaries: pathlib.Path
    """The folder of the built lyceum, lyceum-indexer and lyceum-media."""

    @functools.cached_property
    def id(self) -> str:
        """Marks every process of this stack (the environment variable LYCEUM_STACK)."""
        return hashlib.sha256(str(self.dir).encode()).hexdigest()[:12]

    def data(self, name: str) -> pathlib.Path:
        return self._folder(self.dir / "data" / name)

    def config(self, name: str) -> pathlib.Path:
        return self._folder(self.dir / "config") / name

    def log(self, name: str) -> pathlib.Path:
        return self._folder(self.dir / "logs") / f"{name}.log"

    @property
    def keys(self) -> pathlib.Path:
        return self.dir / "keys"

    @property
    def objects(self) -> pathlib.Path:
        return self._folder(self.dir / "objects")

    @property
    def mailbox(self) -> pathlib.Path:
        return self.dir / "mail"

    @property
    def description(self) -> pathlib.Path:
        return self.dir / "stack.json"

    @property
    def owner(self) -> pathlib.Path:
        """The command that holds the stack in the foreground: its pid, and when it was started."""
        return self.dir / "stack.pid"

    @property
    def demo_login(self) -> pathlib.Path:
        """The demo student's login, for the button of the player page."""
        return self.dir / "demo.json"

    @property
    def clip(self) -> pathlib.Path:
        return self.venv.parent / "clips" / "bigbuckbunny.mp4"

    @property
    def assets(self) -> pathlib.Path:
        return self.venv.parent / "assets"

    @functools.cached_property
    def packages(self) -> pathlib.Path:
        """The site-packages folder of the venv: the wheels bring mongod, Envoy and the search engine."""
        return next((self.venv / "lib").glob("python3.*")) / "site-packages"

    @property
    def mongod(self) -> pathlib.Path:
        return self.packages / "fiftyone/db/bin/mongod"

    @property
    def envoy(self) -> pathlib.Path:
        return self.packages / "envoy/_bin/envoy"

    def write_private(self, path: pathlib.Path, text: str) -> pathlib.Path:
        """Writes a file that only its owner can read; it is never there half written."""
        partial = path.with_name(path.name + ".partial")
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        partial.replace(path)
        return path

    def reachable_data(self, name: str, user: str | None) -> pathlib.Path:
        """A data folder for a server that runs as another user: under data/ where that user can get there, else in /var/tmp with a link."""
        if user is None or self._can_reach(self.dir, user):
            return self.data(name)
        place = self._outside
        place.mkdir(mode=0o755, exist_ok=True)
        if place.is_symlink() or place.stat().st_uid != os.getuid():
            raise SystemExit(f"{place} belongs to somebody else: remove it")
        target = self._folder(place / name)
        link = self.dir / "data" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(target)
        return target

    @property
    def work_folders(self) -> list[pathlib.Path]:
        """The folders that only processes of this stack work in (another stack's folder may lie in `dir`)."""
        return [self.dir / "data", self._outside]

    @property
    def _outside(self) -> pathlib.Path:
        return pathlib.Path(f"/var/tmp/lyceum-{self.id}")

    def erase(self) -> None:
        """Removes everything that the stack wrote; the venv and what else `make setup` brought stay."""
        for name in ["data", "config", "logs", "keys", "objects", "mail", "bin"]:
            shutil.rmtree(self.dir / name, ignore_errors=True)
        for name in ["passwords.json", "environment", "demo.json", "demo-logins.json", "stack.json", "stack.pid", "supervisord.pid"]:
            (self.dir / name).unlink(missing_ok=True)
        shutil.rmtree(self._outside, ignore_errors=True)

    @staticmethod
    def _folder(path: pathlib.Path) -> pathlib.Path:
        path.mkdir(parents=True, exist_ok=True)
        return path

    @staticmethod
    def _can_reach(path: pathlib.Path, user: str) -> bool:
        uid = pwd.getpwnam(user).pw_uid
        for folder in [path, *path.parents]:
            status = folder.stat()
            if not status.st_mode & (0o100 if status.st_uid == uid else 0o001):
                return False
        return True

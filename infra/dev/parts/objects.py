"""Where uploads and streams are kept: a folder of the stack, or a bucket (OBJECT_STORE_URL: s3://…, or nanio for one of the stack's own)."""
import os
import urllib.parse

from ..part import Part, Program, http_answers

BUCKET = "lyceum"
REGION = "us-east-1"


class Objects(Part):
    name = "objects"

    def __init__(self, setting):
        super().__init__(setting)
        external = setting.external("OBJECT_STORE_URL")
        self.is_nanio = external == "nanio"
        self.external = None if self.is_nanio else external
        self.port_names = ["objectStore"] if self.is_nanio else []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.ports['objectStore']}"

    @property
    def url(self) -> str:
        own = f"s3://{BUCKET}?region={REGION}&endpoint={self.endpoint}" if self.is_nanio else f"file://{self.layout.objects}"
        return self.external or own

    @property
    def folder(self) -> str | None:
        """Where the objects lie on this machine, if they do."""
        if self.external:
            return urllib.parse.urlsplit(self.external).path if self.external.startswith("file:") else None
        return str(self._data / BUCKET) if self.is_nanio else str(self.layout.objects)

    @property
    def _data(self):
        return self.layout.data("nanio")

    def settings(self) -> dict[str, str]:
        """What every process that stores objects reads; the key's secret is in `secrets`."""
        if self.url.startswith("file:"):
            return {"OBJECT_STORE": self.url}
        return {"OBJECT_STORE": self.url, "UPLOAD_FOLDER": str(self.layout.data("uploads"))}

    def secrets(self) -> dict[str, str]:
        """The key for a bucket; of one that is there already it comes from the caller's environment."""
        if self.url.startswith("file:"):
            return {}
        if self.is_nanio:
            return {"OBJECT_STORE_KEY_ID": "lyceum", "OBJECT_STORE_KEY_SECRET": self.passwords["objects"]}
        names = ["OBJECT_STORE_KEY_ID", "OBJECT_STORE_KEY_SECRET"]
        missing = [name for name in names if not os.environ.get(name)]
        if missing:
            raise SystemExit(f"OBJECT_STORE_URL names a bucket: set {' and '.join(missing)} too")
        return {name: os.environ[name] for name in names}

    def prepare(self) -> None:
        if not self.is_nanio:
            return
        if not (self.layout.venv / "bin/nanio").exists():
            raise SystemExit("OBJECT_STORE_URL=nanio needs what the tests need: infra/setup/setup test")
        (self._data / BUCKET).mkdir(parents=True, exist_ok=True)
        keys = self.secrets()
        lines = ["[server]", f'region = "{REGION}"', "[[users]]", f'access_key = "{keys["OBJECT_STORE_KEY_ID"]}"',
                 f'secret_key = "{keys["OBJECT_STORE_KEY_SECRET"]}"']
        self.layout.write_private(self.layout.config("nanio.toml"), "\n".join(lines) + "\n")

    def programs(self) -> list[Program]:
        if not self.is_nanio:
            return []
        command = [str(self.layout.venv / "bin/nanio"), "serve", "--options", str(self.layout.config("nanio.toml")), "--data-dir", str(self._data),
                   "--host", "127.0.0.1", "--port", str(self.ports["objectStore"]), "--no-access-log"]
        return [Program("nanio", "stores", command, self._data)]

    def ready(self) -> str | None:
        # Who does not sign is refused: it is there.
        return http_answers(f"{self.endpoint}/{BUCKET}", range(403, 404)) if self.is_nanio else None

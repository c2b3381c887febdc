"""Commands in .dev/bin that run a built binary with this stack's configuration: .dev/bin/lyceum doctor."""
import shlex

from .layout import Layout

BINARIES = ["lyceum", "lyceum-indexer", "lyceum-media"]


def write(layout: Layout, environment: dict[str, str]) -> None:
    folder = layout.dir / "bin"
    folder.mkdir(exist_ok=True)
    settings = "".join(f"export {key}={shlex.quote(value)}\n" for key, value in sorted(environment.items()))
    layout.write_private(layout.dir / "environment", settings)
    for binary in BINARIES:
        path = folder / binary
        path.write_text(f"#!/bin/sh\n. {shlex.quote(str(layout.dir / 'environment'))}\nexec {shlex.quote(str(layout.binaries / binary))} \"$@\"\n")
        path.chmod(0o755)

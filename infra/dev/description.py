"""What a stack says about itself: .dev/stack.json for programs, a few lines for people."""
import json

from .layout import Layout
from .parts import Part
from .parts.media_worker import MediaWorker
from .parts.services import Services
from .ports import SERVICES, Ports


def describe(layout: Layout, ports: Ports, stores: dict[str, Part], services: Services | None, worker: MediaWorker | None,
             seeded: dict) -> dict:
    text = {
        "portBase": ports.base,
        "stack": layout.id,
        "directory": str(layout.dir),
        "stores": {name: stores[name].url for name in ("postgres", "mongo", "elasticsearch", "redis", "rabbitmq")},
        "smtp": stores["fake-mail"].url,
        "mailbox": str(layout.mailbox),
        "logs": str(layout.dir / "logs"),
        "mongod": str(layout.mongod),
        "envoy": str(layout.envoy),
        "clip": str(layout.clip),
        "venv": str(layout.venv),
    }
    if traces := stores["collector"].file:
        text["traces"] = str(traces)
    text["stores"]["rabbitmqManagement"] = stores["rabbitmq"].management_url
    if services and worker:
        gateway = f"http://127.0.0.1:{ports['gateway']}"
        text |= {
            "gateway": gateway,
            "edge": f"http://127.0.0.1:{ports['edge']}",
            "envoyAdmin": f"http://127.0.0.1:{ports['envoyAdmin']}",
            "web": f"http://127.0.0.1:{ports['web']}",
            "reference": gateway + "/reference/",
            "services": {name: {"url": services.public_url(name), "admin": services.admin_url(name)} for name in SERVICES},
            "worker": {"admin": worker.admin_url},
            "databases": {name: url for service in SERVICES for name, url in services.own_secrets(service).items()},
            "keys": str(layout.keys),
            "objectStore": stores["objects"].folder or stores["objects"].url,
            "binaries": str(layout.binaries),
            "bin": str(layout.dir / "bin"),
            "logins": seeded.get("logins", {}),
            "demo": _demo(gateway, seeded.get("demo", {})),
        }
    return text


def _demo(gateway: str, demo: dict) -> dict:
    if "courseId" in demo and "lectureId" in demo:
        return demo | {"playbackPage": f"{gateway}/watch/?course={demo['courseId']}&lecture={demo['lectureId']}"}
    return demo


def write(layout: Layout, text: dict) -> None:
    layout.write_private(layout.description, json.dumps(text, indent=2) + "\n")
    if "student" in text.get("logins", {}):
        layout.write_private(layout.demo_login, json.dumps(text["logins"]["student"]) + "\n")


def for_people(layout: Layout, text: dict) -> str:
    lines = ["", "Lyceum is up."] if "gateway" in text else ["", "The stores are up."]
    rows = [("Gateway", text.get("gateway")), ("API reference", text.get("reference")), ("Playback page", text.get("demo", {}).get("playbackPage"))]
    rows += [(f"Login {role}", f"{login['email']}  {login['password']}") for role, login in text.get("logins", {}).items()]
    rows += [("Everything else", str(layout.description))]
    return "\n".join(lines + [f"  {name:<18} {value}" for name, value in rows if value])

"""Lyceum's own services: a process each, with the configuration that they need and the passwords of their own stores alone."""
from ..part import Part, Program, http_answers
from ..ports import SERVICES
from .mongo import COURSES_DATABASE
from .postgres import OWNERS

USE_OBJECTS = ["media", "delivery"]
LIMITED = ["SIGN_IN", "REFRESH", "REGISTRATION", "VERIFICATION_MAIL", "VERIFICATION", "SEARCH", "UPLOAD"]
QUOTA = "1000000/1m"
"""Of each limit here, where the demo, the tests and the benchmarks all come from one address and are one client."""
ALLOCATOR = "narenas:2,dirty_decay_ms:500,muzzy_decay_ms:0,lg_tcache_max:13"
"""Memory that a service has freed goes back to the system after half a second: docs/decisions/0014."""


class Services(Part):
    name = "services"

    def __init__(self, setting, stores):
        super().__init__(setting)
        self.port_names = SERVICES + [service + "Admin" for service in SERVICES]
        self.stores = {store.name: store for store in stores}

    def public_url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    def admin_url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service + 'Admin']}"

    def own_secrets(self, service: str) -> dict[str, str]:
        """The store URLs that hold a password and belong to this service alone."""
        prefix = f"LYCEUM_{service.upper()}_"
        if service in OWNERS:
            return {prefix + "POSTGRES_URL": self.stores["postgres"].service_url(service)}
        if service == "courses":
            return {prefix + "MONGO_URL": self.stores["mongo"].courses_url}
        return {}

    def shared_environment(self) -> dict[str, str]:
        """What every process of Lyceum reads."""
        settings = {
            "ADDRESS": "127.0.0.1",
            "PORT_BASE": self.ports.base,
            # Nobody but this machine's own gateway sends requests: a stop need not wait until others have noticed.
            "DRAIN_DELAY": 0,
            "GATEWAY_URL": f"http://127.0.0.1:{self.ports['gateway']}",
            "EDGE_URL": f"http://127.0.0.1:{self.ports['edge']}",
            "KEYS_DIRECTORY": self.layout.keys,
            "RABBITMQ_URL": self.stores["rabbitmq"].url,
            "REDIS_URL": self.stores["redis"].url,
            "ELASTICSEARCH_URL": self.stores["elasticsearch"].url,
            "SMTP_URL": self.stores["fake-mail"].url,
            "MONGO_DATABASE": COURSES_DATABASE,
            "MEDIA_WORKER_ADMIN_PORT": self.ports["mediaWorkerAdmin"],
        } | {f"LIMIT_{name}": QUOTA for name in LIMITED} | self.stores["objects"].settings() | self.stores["collector"].settings()
        for service in SERVICES:
            settings[f"{service.upper()}_PORT"] = self.ports[service]
            settings[f"{service.upper()}_ADMIN_PORT"] = self.ports[service + "Admin"]
            settings[f"{service.upper()}_URL"] = self.admin_url(service)
        return {f"LYCEUM_{key}": str(value) for key, value in settings.items()} | {"MALLOC_CONF": ALLOCATOR}

    def object_keys(self, *services: str) -> dict[str, str]:
        """The key to the bucket, if objects are kept in one: for those that use it."""
        return {f"LYCEUM_{prefix}{key}": value for prefix in [f"{name.upper()}_" for name in services] or [""]
                for key, value in self.stores["objects"].secrets().items()}

    def operator_environment(self) -> dict[str, str]:
        """What the verbs run by hand read: migrate, seed, doctor, rebuild. All stores."""
        environment = self.shared_environment()
        for service in SERVICES:
            environment |= self.own_secrets(service)
        environment |= self.object_keys(*USE_OBJECTS)
        return environment | {
            "LYCEUM_MONGO_URL": self.stores["mongo"].courses_url,
            "LYCEUM_MAILBOX": str(self.layout.mailbox),
            "LYCEUM_DEMO_CLIP": str(self.layout.clip),
            "LYCEUM_STACK_FILE": str(self.layout.description),
        }

    def programs(self) -> list[Program]:
        return [
            Program(service, "services", [str(self.layout.binaries / "lyceum"), "serve", service], self.layout.data("services"),
                    self.shared_environment() | self.own_secrets(service) | (self.object_keys(service) if service in USE_OBJECTS else {}),
                    stop_seconds=35)
            for service in SERVICES
        ]

    def ready(self) -> str | None:
        problems = [http_answers(self.admin_url(service) + "/health/ready") for service in SERVICES]
        return "; ".join(problem for problem in problems if problem) or None

"""The parts of a stack, in the order in which they are listed to the newcomer."""
from ..part import Part, Setting
from .collector import Collector
from .edge import Edge
from .elasticsearch import Elasticsearch
from .fake_mail import FakeMail
from .gateway import Gateway
from .media_worker import MediaWorker
from .mongo import Mongo
from .objects import Objects
from .postgres import Postgres
from .rabbitmq import RabbitMQ
from .redis import Redis
from .services import Services


def stores(setting: Setting) -> list[Part]:
    return [part(setting) for part in (Postgres, Mongo, Elasticsearch, Redis, RabbitMQ, FakeMail, Objects, Collector)]


def platform(setting: Setting, stores: list[Part]) -> list[Part]:
    """What stands on the stores."""
    services = Services(setting, stores)
    return [services, MediaWorker(setting, services), Gateway(setting), Edge(setting)]

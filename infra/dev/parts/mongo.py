"""MongoDB: a replica set of one member (transactions and change streams need one), with passwords, loopback only."""
import secrets

import pymongo
import pymongo.errors

from ..part import Part, Program, port_answers

COURSES_DATABASE = "lyceum_courses"


class Mongo(Part):
    name = "mongo"

    def __init__(self, setting):
        super().__init__(setting)
        self.external = setting.external("MONGO_URL")
        self.port_names = [] if self.external else ["mongo"]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.ports['mongo']}"

    def _url(self, user: str, database: str) -> str:
        query = "replicaSet=rs0&directConnection=true&authSource=admin"
        return f"mongodb://{user}:{self.passwords['mongo ' + user]}@{self.address}/{database}?{query}"

    @property
    def url(self) -> str:
        """The administrator's URL."""
        return self.external or self._url("lyceum", "")

    @property
    def courses_url(self) -> str:
        return self.external or self._url(COURSES_DATABASE, COURSES_DATABASE)

    def prepare(self) -> None:
        if self.external:
            return
        key = self.layout.config("mongo.key")
        if not key.exists():
            self.layout.write_private(key, secrets.token_hex(64) + "\n")
        self.layout.config("mongod.yaml").write_text(
            self.template("mongod.yaml", port=self.ports["mongo"], data=self.layout.data("mongo"), key=key))

    def programs(self) -> list[Program]:
        if self.external:
            return []
        command = [str(self.layout.mongod), "--config", str(self.layout.config("mongod.yaml"))]
        return [Program("mongo", "stores", command, self.layout.data("mongo"))]

    def ready(self) -> str | None:
        if self.external:
            return self._try(self.url, lambda client: client.admin.command("ping"))
        return port_answers(self.ports["mongo"])

    def settle(self) -> None:
        """A first start makes the set and the administrator through the door that is open until there is one; later starts find them."""
        if self.external:
            return
        administrator = self._url("lyceum", "").replace("replicaSet=rs0&", "")
        if self._try(administrator, lambda client: client.admin.command("ping")):
            self._need(f"mongodb://{self.address}/?directConnection=true", self._make_set)
        self._need(administrator, self._follow_port)
        self._need(administrator, self._allow_courses)

    def _make_set(self, client: pymongo.MongoClient) -> None:
        try:
            client.admin.command("replSetInitiate", {"_id": "rs0", "members": [{"_id": 0, "host": self.address}]})
        except pymongo.errors.OperationFailure as error:
            if error.codeName != "AlreadyInitialized":
                raise
        _await_primary(client)
        client.admin.command("createUser", "lyceum", pwd=self.passwords["mongo lyceum"], roles=["root"])

    def _follow_port(self, client: pymongo.MongoClient) -> None:
        """The set remembers its address: another port base needs a word to it."""
        configuration = client.admin.command("replSetGetConfig")["config"]
        if configuration["members"][0]["host"] != self.address:
            configuration["members"][0]["host"] = self.address
            configuration["version"] += 1
            client.admin.command("replSetReconfig", configuration, force=True)
        _await_primary(client)

    def _allow_courses(self, client: pymongo.MongoClient) -> None:
        password = self.passwords["mongo " + COURSES_DATABASE]
        roles = [{"role": role, "db": COURSES_DATABASE} for role in ("readWrite", "dbAdmin")]
        known = client.admin.command("usersInfo", COURSES_DATABASE)["users"]
        client.admin.command("updateUser" if known else "createUser", COURSES_DATABASE, pwd=password, roles=roles)

    def _need(self, url: str, action) -> None:
        problem = self._try(url, action)
        if problem:
            raise SystemExit(f"mongo: {problem} (log: {self.layout.log('mongo')})")

    @staticmethod
    def _try(url: str, action) -> str | None:
        try:
            with pymongo.MongoClient(url, serverSelectionTimeoutMS=5000, connectTimeoutMS=2000) as client:
                action(client)
            return None
        except pymongo.errors.PyMongoError as error:
            return str(error)[:300]


def _await_primary(client: pymongo.MongoClient) -> None:
    """The server answers `hello` when its state changes, or after the time given."""
    for _ in range(40):
        answer = client.admin.command("hello")
        if answer.get("isWritablePrimary"):
            return
        version = answer["topologyVersion"]
        client.admin.command("hello", topologyVersion=version, maxAwaitTimeMS=500)
    raise pymongo.errors.PyMongoError("the replica set has no primary after 20 s")

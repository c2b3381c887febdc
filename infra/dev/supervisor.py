"""supervisord: its configuration, its start, and what it is told over its socket."""
import pathlib
import shlex
import shutil
import subprocess
import xmlrpc.client

from supervisor.xmlrpc import SupervisorTransport

from .layout import Layout
from .part import Program

GROUPS = {"stores": 100, "services": 200, "doors": 300}
HEAD = """\
[supervisord]
nodaemon=true
logfile={log}
logfile_maxbytes=5MB
logfile_backups=1
pidfile={pid}
childlogdir={logs}
loglevel=info
minfds=8192
identifier=lyceum
environment=LYCEUM_STACK="{id}"

[unix_http_server]
file={socket}
chmod=0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """
[program:{name}]
command={command}
directory={directory}
{user}autostart=false
autorestart=true
startsecs=1
startretries=100000
stopsignal=TERM
stopwaitsecs={stop_seconds}
stopasgroup=false
killasgroup=true
stdout_logfile=NONE
stderr_logfile=NONE
environment={environment}
"""
LAUNCH = 'exec >> "$1" 2>&1 < /dev/null; shift; exec setpriv --pdeathsig "$@"'
"""A program writes to its log itself, and gets its stop signal when the supervisor is gone, however that went."""
LOG_LIMIT = 50 * 1024 * 1024


class Supervisor:
    def __init__(self, layout: Layout):
        self._layout = layout
        self._socket = pathlib.Path(f"/tmp/lyceum-{layout.id}.sock")
        self.process: subprocess.Popen | None = None

    def write(self, programs: list[Program]) -> None:
        log = self._layout.log("supervisord")
        text = HEAD.format(log=log, logs=log.parent, pid=self._layout.dir / "supervisord.pid", id=self._layout.id, socket=self._socket)
        text += "".join(self._program(program) for program in programs)
        for group, priority in GROUPS.items():
            names = [program.name for program in programs if program.group == group]
            if names:
                text += f"\n[group:{group}]\nprograms={','.join(names)}\npriority={priority}\n"
        self._layout.write_private(self._layout.config("supervisord.conf"), text)

    def _program(self, program: Program) -> str:
        log = self._open_log(program)
        command = ["/bin/sh", "-c", LAUNCH, program.name, str(log), program.stop_signal, *program.command]
        environment = {"LYCEUM_STACK": self._layout.id} | program.environment
        return PROGRAM.format(
            name=program.name,
            command=shlex.join(command).replace("%", "%%"),
            directory=program.directory,
            user=f"user={program.user}\n" if program.user else "",
            stop_seconds=program.stop_seconds,
            environment=",".join(f'{key}="{_escaped(value)}"' for key, value in environment.items()),
        ).replace("stopsignal=TERM", f"stopsignal={program.stop_signal}")

    def _open_log(self, program: Program) -> pathlib.Path:
        """The file that the program writes to: beside its data when it runs as another user, who may not get into our folder."""
        log = self._layout.log(program.name)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.resolve().replace(log.with_suffix(".log.old"))
        if program.user is None:
            log.touch()
            return log
        place = program.directory.parent / log.name
        place.touch()
        shutil.chown(place, program.user)
        if place != log and not log.is_symlink():
            log.unlink(missing_ok=True)
            log.symlink_to(place)
        return place

    def start(self, detached: bool) -> None:
        """Starts supervisord in a session of its own; unless detached it ends with us, whatever ends us."""
        command = [str(self._layout.venv / "bin/supervisord"), "-c", str(self._layout.config("supervisord.conf"))]
        if not detached:
            command = ["setpriv", "--pdeathsig", "TERM", *command]
        self._socket.unlink(missing_ok=True)
        with self._layout.log("supervisord-output").open("w") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                            cwd=self._layout.dir)

    @property
    def _server(self):
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def answers(self) -> bool:
        try:
            return self._server.getState()["statename"] == "RUNNING"
        except (OSError, xmlrpc.client.Error):
            return False

    def pid(self) -> int:
        return self._server.getPID()

    def start_group(self, group: str) -> None:
        self._server.startProcessGroup(group, False)

    def stop_group(self, group: str) -> None:
        """Stops the programs of a group, all at once; answers when all have ended."""
        self._server.stopProcessGroup(group, True)

    def programs(self) -> list[dict]:
        return self._server.getAllProcessInfo()

    def failing(self) -> list[str]:
        """The programs that ended right after their start; supervisord tries them again, ever more slowly."""
        return [program["name"] for program in self.programs() if program["statename"] in ("BACKOFF", "FATAL")]

    def shut_down(self) -> None:
        self._server.shutdown()


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")

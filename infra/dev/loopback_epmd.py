"""loopback_epmd.py PORT: Erlang's name server on 127.0.0.1 alone. Left to itself it opens [::1] as well; a socket handed over as systemd does it is all it takes."""
import os
import socket
import sys

FIRST_HANDED_OVER = 3

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
if listener.fileno() == FIRST_HANDED_OVER:
    os.set_inheritable(FIRST_HANDED_OVER, True)
else:
    os.dup2(listener.fileno(), FIRST_HANDED_OVER)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execlp("epmd", "epmd", "-systemd")

"""A program: serve LinkUp with Daphne on 127.0.0.1, print the port, and end with the parent.

Started by `linkup_checks.server`.
"""

import os
import sys
import threading

from channels.routing import get_default_application
from daphne.server import Server
from django.core.asgi import get_asgi_application


def end_with_parent() -> None:
    """End this process when its standard input closes, so also when its parent is killed."""
    sys.stdin.buffer.read()
    os._exit(0)


def serve() -> None:
    """Serve until the parent is gone. Standard output is for the port alone; what LinkUp prints goes to the log."""
    output = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    threading.Thread(target=end_with_parent, daemon=True).start()
    get_asgi_application()  # loads the apps
    server: Server = Server(
        get_default_application(),
        endpoints=["tcp:port=0:interface=127.0.0.1"],
        ready_callable=lambda: os.write(output, b"%d\n" % server.listening_addresses[0][1]),
        signal_handlers=False,
        verbosity=0,
    )
    server.run()


if __name__ == "__main__":
    serve()

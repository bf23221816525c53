"""Hold what every LinkUp imports, and fork a server for each request: most of a start is spared.

Run by `workshop.server_process`, with the number of a socket. A request is a byte with three files, the server's
standard input, output and errors; the answer is its process number. Ends when the socket does, or its parent.
"""

import importlib
import os
import select
import signal
import socket
import sys

# Nothing of the program itself, which learners change; and nothing that wants to know its settings.
SHARED = [
    *("daphne.server", "channels.auth", "channels.generic.websocket", "channels.security.websocket"),
    *("django.contrib.auth", "django.contrib.staticfiles.handlers", "django.contrib.staticfiles.storage"),
    *("django.core.cache.backends.locmem", "django.core.management", "django.db.backends.sqlite3.base"),
    *("django.forms", "django.test", "django.views.generic", "redis.exceptions"),
]


def answer(requests: socket.socket) -> None:
    """Fork a server for each request, until the socket or the parent ends."""
    ended, wakeup = socket.socketpair()
    for end in (ended, wakeup):
        end.setblocking(False)
    signal.set_wakeup_fd(wakeup.fileno())
    signal.signal(signal.SIGCHLD, lambda *about: None)
    outputs: dict[int, int] = {}
    kernel = os.getppid()
    while os.getppid() == kernel:
        # A process that the kernel forked may hold the socket open: hence the look at the kernel, twice a second.
        ready, _, _ = select.select([requests, ended], [], [], 0.5)
        if ended in ready:
            ended.recv(4096)
            close_outputs(outputs)
        if requests in ready:
            request, files, _, _ = socket.recv_fds(requests, 1, 3)
            if not request:
                break
            if not (child := os.fork()):
                signal.set_wakeup_fd(-1)
                for end in (requests, ended, wakeup):
                    end.close()
                for output in outputs.values():
                    os.close(output)
                become_server(files)
                return
            outputs[child] = files.pop(1)
            for file in files:
                os.close(file)
            requests.sendall(b"%d\n" % child)


def close_outputs(outputs: dict[int, int]) -> None:
    """Close the outputs of the servers that are gone: whoever reads one to its end knows that its server is gone."""
    while outputs and (child := os.waitpid(-1, os.WNOHANG)[0]):
        os.close(outputs.pop(child))


def become_server(files: list[int]) -> None:
    """Make a server of this process, for as long as it lives; it ends as an interpreter of its own would."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    import serve

    serve.main()


if __name__ == "__main__":
    for name in SHARED:
        importlib.import_module(name)
    answer(socket.socket(fileno=int(sys.argv[1])))

"""A running LinkUp, as its users and its log see it."""

import asyncio
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from .calls import Calls, left_open
from .database import Seeded, error_of, program_environ
from .errors import ServerDidNotStart, WorkshopError
from .failure import Failure
from .process import finished
from .server_process import ServerProcess
from .timeline import Timeline

TESTS = Path(__file__).with_name("_tests.py")
LIMIT = 60.0  # seconds until something that was promised counts as broken, on a machine that is busy with other things
Found = TypeVar("Found")


class Site:
    """One server process on 127.0.0.1, at a port of the system's choice; it ends with the kernel."""

    def __init__(self, root: Path, seeded: Seeded, environ: dict[str, str], scripts: Path) -> None:
        """Start the server of the program in `root`; `ready` waits for it. `scripts` is where `run` looks."""
        self.root = root
        self.scripts = scripts
        self.database = root / "db.sqlite3"
        self._seeded = seeded
        self._environ = program_environ(LINKUP_SECRET_KEY=seeded.secret_key) | environ
        self._log_file = root / ".git/server.log"
        self._events: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._ended = False
        self._stopped = False
        self._server = ServerProcess(root, self._environ, self._log_file)
        threading.Thread(target=self._listen, daemon=True).start()

    async def ready(self) -> None:
        """Wait until the server answers. Raises ServerDidNotStart, with the line to look at."""
        first = await self._wait(lambda: next(iter(self.events("ready", "failed")), None))
        if first is None or first["event"] == "failed":
            await self.stop()
            raise ServerDidNotStart(Failure(first["error"]).summary() if first else self.log.strip())
        self._port: int = first["port"]

    @property
    def url(self) -> str:
        """The address of the pages, for a browser; log in as ana, ben or chloe with `site.password`."""
        return f"http://127.0.0.1:{self._port}/"

    @property
    def password(self) -> str:
        """The password of every user, different on each machine."""
        return self._seeded.password

    @property
    def log(self) -> str:
        """What the server has written to its log."""
        return self._log_file.read_text(encoding="utf-8", errors="replace")

    def ws(self, path: str) -> str:
        """Return the address of a socket: site.ws("/ws/chat/ben/"). Raises WorkshopError once the server is stopped."""
        self._must_run()
        return f"ws://127.0.0.1:{self._port}{path}"

    def login(self, username: str) -> dict[str, str]:
        """Return the headers of a logged-in user: websockets.connect(…, additional_headers=site.login("ana"))."""
        if username not in self._seeded.sessions:
            raise WorkshopError(f"LinkUp has no user {username!r}. There are: {', '.join(self._seeded.sessions)}")
        return {
            "Cookie": f"sessionid={self._seeded.sessions[username]}",
            "Origin": f"http://127.0.0.1:{self._port}",
        }

    async def failure(self) -> Failure | None:
        """Return the first error in the server's log, or None: await site.failure()."""
        self._must_run()
        await self.quiet()
        errors = [event["error"] for event in self.events("log") if event["error"]]
        return Failure(errors[0]) if errors else None

    async def calls(self, function: str) -> Calls:
        """Return the database calls of one function: await site.calls("set_user_online_status")."""
        self._must_run()
        await self.quiet()
        return Calls([event for event in self.events("call") if event["where"]["function"] == function])

    async def run(self, script: str) -> str:
        """Run a script of the bug without an event loop, and return what it prints: await site.run("control.py").

        Raises WorkshopError with the last line of its traceback when it fails.
        """
        code = "import runpy, sys, django; django.setup(); runpy.run_path(sys.argv[1])"
        environ = self._environ | {"PYTHONDONTWRITEBYTECODE": "1"}
        exit_code, out, err = await finished(
            sys.executable, "-c", code, str(self.scripts / script), cwd=self.root, env=environ
        )
        if exit_code:
            raise WorkshopError(f"{script} failed: {error_of(err)}")
        return out

    async def test(self, *files: str) -> str:
        """Run tests of the bug with pytest, on a database of their own: await site.test("test_pages.py").

        Returns a line for each test. Raises WorkshopError when pytest cannot run them.
        """
        paths = [str(self.scripts / file) for file in files]
        environ = self._environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        exit_code, out, err = await finished(sys.executable, str(TESTS), *paths, cwd=self.root, env=environ)
        if exit_code:
            raise WorkshopError(f"pytest cannot run {', '.join(files)}: {error_of(err)}")
        return out

    def timeline(self, *functions: str) -> Timeline:
        """Record what overlaps of these functions: async with site.timeline("join") as line.

        The client's side is put in with line.mark("Ben", "pings") and await line.ping("Ben", ben); `line` shows itself.
        """
        self._must_run()
        return Timeline(self, functions)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return rows of the database: site.rows("SELECT content FROM messaging_message")."""
        with closing(sqlite3.connect(self.database)) as database:
            return database.execute(sql).fetchall()

    @contextmanager
    def locked_database(self) -> Iterator[None]:
        """Hold the database's write lock, as another process's transaction would: `with site.locked_database(): …`."""
        with closing(sqlite3.connect(self.database, isolation_level=None, timeout=LIMIT)) as database:
            database.execute("BEGIN IMMEDIATE")
            key = self.position()
            self.note("mark", who="another process", what="holds the write lock", state="opened", key=key)
            yield
            self.note("mark", state="closed", key=key)
            database.execute("ROLLBACK")

    async def waiting_for_database(self, writes: int = 1) -> None:
        """Wait until LinkUp has writes on their way that have not come back: await site.waiting_for_database()."""

        def on_their_way() -> bool:
            states = [event["state"] for event in self.events("write")]
            return states.count("sent") - states.count("done") >= writes

        await self._must(on_their_way)

    async def open_connections(self) -> int:
        """Return how many database connections were not given back, besides that of all sockets' thread.

        await site.open_connections()
        """
        self._must_run()
        await self.quiet()
        return left_open(self.events("connection"))

    async def quiet(self) -> None:
        """Wait until every connection has ended and every failed one is in the log: await site.quiet().

        Once a page has failed after its first part, Daphne 4.2 writes no further failure to the log.
        """

        def all_ended() -> bool:
            ended = self.events("ended")
            failed = sum(event["failed"] for event in ended)
            logged = sum(event["logger"] == "daphne.server" and bool(event["error"]) for event in self.events("log"))
            return len(self.events("opened")) == len(ended) and (logged >= failed or bool(self.events("blind")))

        await self._must(all_ended)

    async def stop(self) -> None:
        """End the server and wait until it is gone: await site.stop()."""
        await asyncio.to_thread(self.end)

    def end(self) -> None:
        """Do what `stop` does, outside a coroutine."""
        self._stopped = True
        self._server.end()
        with self._news:
            self._news.wait_for(lambda: self._ended, LIMIT)

    async def __aenter__(self) -> "Site":
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()

    def events(self, *kinds: str) -> list[dict[str, Any]]:
        """Return what the server has reported so far; the kinds are those of `workshop.server`."""
        return [event for event in self._events if event["event"] in kinds]

    def position(self) -> int:
        """Return how many events there are so far."""
        return len(self._events)

    def since(self, position: int) -> list[dict[str, Any]]:
        """Return the events from a position on, in the order in which they came."""
        return self._events[position:]

    def note(self, event: str, **fields: Any) -> None:
        """Put an event of this side among those of the server."""
        with self._news:
            self._events.append({"event": event, **fields})
            self._news.notify_all()

    async def until(self, found: Callable[[], Any]) -> None:
        """Wait until the events are as they should be. Raises WorkshopError when the server ends."""
        await self._must(found)

    async def wait_for(self, kind: str) -> None:
        """Wait until the server reports an event of a kind, or has ended: await site.wait_for("stall")."""
        while not await self._wait(lambda: self.events(kind)) and not self._ended:
            pass

    def _must_run(self) -> None:
        if self._stopped:
            raise WorkshopError("This server has been stopped. Start one: site = await lab.serve()")

    def _listen(self) -> None:
        for event in self._server.events():
            with self._news:
                self._events.append(event)
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    async def _wait(self, found: Callable[[], Found]) -> Found | None:
        def until_found() -> Found | None:
            with self._news:
                self._news.wait_for(lambda: found() or self._ended, LIMIT)
                return found() or None

        return await asyncio.to_thread(until_found)

    async def _must(self, found: Callable[[], Any]) -> None:
        if await self._wait(found):
            return
        if self._ended:
            raise WorkshopError(
                f"The server has ended. Start it again: await lab.serve(). Its log:\n{self.log[-2000:]}"
            )
        raise WorkshopError(
            f"A connection is still open after {LIMIT:.0f} seconds. Close browser tabs and WebSockets that use "
            "this server, and run the cell again."
        )

"""What `make bench` does to LinkUp under load: each scenario is a function that returns its figures."""

import asyncio
import resource
import signal
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import psycopg
from crowd import Crowd, crowd, opened, peopled
from figures import Figure, ratios
from page import Page
from rates import ECHO, LINKUP, POOLED, TUTORIAL, WATCHED, ChatServer, beside, sites, throughput, waits

PAGES = 800  # open when the server is killed
IDLE = 1_000  # sockets
WINDOW = 30  # seconds, a heartbeat
PATIENCE = 400  # seconds for all pages to open, on a busy machine
LOCKED = 4  # seconds
STRANGERS = 32  # four for each database thread
BETWEEN = 0.05  # seconds from a message of a pair to its next
SECONDS = 4  # of a round of throughput
MESSAGES = 150  # of a round of one client
TURNS = 10  # of LinkUp with and without somebody who watches it, in a round: what is sought is smaller than the noise


@dataclass(frozen=True)
class Bench:
    """Where to measure, and how often. `services` is what crowd() needs for PostgreSQL and Redis, if there are any."""

    folder: Path
    rounds: int
    services: dict[str, str]


Scenario = Callable[[Bench], Awaitable[list[Figure]]]


async def restart(bench: Bench) -> list[Figure]:
    """Kill a server with PAGES open, start it again, and wait until the last page is back and shows what it missed."""
    seconds = []
    async with crowd(bench.folder, PAGES, **bench.services) as site:
        pages = [site.page(number) for number in range(PAGES)]
        async with opened(pages, PATIENCE):
            for _round in range(bench.rounds):
                await until(lambda: all(is_back(page) for page in pages))
                seconds.append(await seconds_until_back(site, pages))
    return [Figure(f"killed with {PAGES} pages open, all are back after", seconds, "s", at_most=15)]


async def seconds_until_back(site: Crowd, pages: list[Page]) -> float:
    """Kill the server, start it again, and return how long it took until each page was back."""
    before = {page: page.chat for page in pages}
    for page in pages:
        page.failures = 0  # as when it has been open for some time
    start = perf_counter()
    site.server.kill()
    await asyncio.to_thread(site.server.start)
    await until(lambda: all(page.chat is not before[page] and is_back(page) for page in pages))
    return perf_counter() - start


def is_back(page: Page) -> bool:
    """Tell whether a page is connected and has caught up."""
    return page.joined.is_set() and not page.catching_up


async def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for something."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)


async def idle(bench: Bench) -> list[Figure]:
    """Look what IDLE open chats cost the database, and what they cost two people who talk beside them.

    Sessions and commits are PostgreSQL's own counts; a connection's check in the pool is a commit. Statements are those
    that pass Django's cursors, counted in the server, since PostgreSQL counts a transaction's as one commit.
    """
    async with linkup(bench, IDLE + 2) as full, linkup(bench, 2) as empty:
        pages = [full.page(number) for number in range(IDLE)]
        pairs = {IDLE: [full.page(IDLE), full.page(IDLE + 1)], 0: [empty.page(0), empty.page(1)]}
        async with opened([*pages, *pairs[IDLE], *pairs[0]], PATIENCE):
            await asyncio.sleep(WINDOW)
            costs = [await cost_of_a_window(full) for _round in range(bench.rounds)]
            trips = [await round_trips(pairs) for _round in range(bench.rounds)]
    sessions, commits, statements = zip(*costs, strict=True)
    figures = [
        Figure(f"{IDLE} idle sockets, new connections to PostgreSQL", list(sessions), "/s", at_most=0),
        Figure(f"{IDLE} idle sockets, commits", list(commits), "/s"),
        Figure(f"{IDLE} idle sockets, statements", list(statements), "/s", at_most=5),
    ]
    for number, name, most in ((50, "p50", 1.3), (99, "p99", 2)):
        those, these = ([1000 * quantiles(trip[key], n=100)[number - 1] for trip in trips] for key in (0, IDLE))
        figures.append(Figure(f"round trip of a pair alone, {name}", those, "ms"))
        figures.append(Figure(f"round trip of a pair beside {IDLE} idle sockets, {name}", these, "ms"))
        figures.append(Figure(f"round trip beside {IDLE} and none, {name}", ratios(these, those), "", at_most=most))
    return figures


@asynccontextmanager
async def linkup(bench: Bench, users: int):
    """Run LinkUp in a process that counts its statements."""
    async with peopled(bench.folder, users, **bench.services) as (environ, made):
        server = ChatServer(environ, bench.folder / "server.log", LINKUP)
        try:
            yield Crowd(server, made)
        finally:
            server.kill()


async def cost_of_a_window(site: Crowd) -> list[float]:
    """Return new connections, commits and statements a second."""
    before = counts(site)
    await asyncio.sleep(WINDOW)
    return [(now - then) / WINDOW for then, now in zip(before, counts(site), strict=True)]


def counts(site: Crowd) -> list[int]:
    """Return how many sessions, commits and statements there have been."""
    address, _slash, name = site.server.environ["LINKUP_DATABASE_URL"].rpartition("/")
    with closing(psycopg.connect(f"{address}/postgres", autocommit=True)) as database:
        query = "SELECT sessions, xact_commit FROM pg_stat_database WHERE datname = %s"
        sessions, commits = database.execute(query, [name]).fetchone()
    site.server.process.send_signal(signal.SIGUSR1)
    return [sessions, commits, int(site.server.process.stdout.readline())]


async def round_trips(pairs: dict[int, list[Page]]) -> dict[int, list[float]]:
    """Let several pairs talk in turns for a window; return how many seconds each message took to the other page."""
    took: dict[int, list[float]] = {key: [] for key in pairs}
    end = perf_counter() + WINDOW
    while perf_counter() < end:
        for key, (sender, reader) in pairs.items():
            took[key].append(await round_trip(sender, reader))
            await asyncio.sleep(BETWEEN / len(pairs))
    return took


async def round_trip(sender: Page, reader: Page) -> float:
    """Send a message, and return how many seconds it took until the other page showed it."""

    async def shown() -> float:
        await reader.shows_more()
        return perf_counter()

    start = perf_counter()
    end, _receipt = await asyncio.gather(shown(), sender.send("Hello"))
    return end - start


async def locked_row(bench: Bench) -> list[Figure]:
    """Hold the row of a user who sends a message, and look how long the messages of strangers take meanwhile."""
    longest = []
    async with crowd(bench.folder, STRANGERS + 2, **bench.services) as site:
        pages = [site.page(number) for number in range(STRANGERS + 2)]
        *strangers, sender, _reader = pages
        async with opened(pages, PATIENCE):
            for _round in range(bench.rounds):
                with closing(psycopg.connect(site.server.environ["LINKUP_DATABASE_URL"])) as other:
                    user_id, _session = site.users[STRANGERS]
                    other.execute("SELECT 1 FROM auth_user WHERE id = %s FOR UPDATE", [user_id])
                    waiting = asyncio.create_task(sender.send("is not stored for some time"))
                    end = perf_counter() + LOCKED
                    pairs = zip(strangers[::2], strangers[1::2], strict=True)
                    longest.append(max(await asyncio.gather(*[longest_trip(pair, end) for pair in pairs])))
                    assert not waiting.done()
                await waiting
    return [Figure("a user's row is locked, a stranger's message takes at most", longest, "s", at_most=0.5)]


async def longest_trip(pair: tuple[Page, Page], end: float) -> float:
    """Let a pair talk until a time, and return how many seconds the slowest of their messages took."""
    longest = 0.0
    while perf_counter() < end:
        longest = max(longest, await round_trip(*pair))
        await asyncio.sleep(BETWEEN * 4)
    return longest


async def many_clients(bench: Bench) -> list[Figure]:
    """Let clients talk as fast as they can, with LinkUp and with others."""
    figures = []
    for stand, services, of_echo, of_tutorial in (("SQLite", {}, 0.15, 1.3), ("PostgreSQL", bench.services, 0.25, 2)):
        if stand == "SQLite" or services:
            pooled = [POOLED] if services else []
            async with sites(bench.folder, [LINKUP, ECHO, TUTORIAL, *pooled], **services) as running:
                values, costs = await throughput(running, bench.rounds, SECONDS)
            figures += [Figure(f"{stand}: {chat}", rates, "msg/s") for chat, rates in values.items()]
            figures += [Figure(f"{stand}: {chat}, processor of the server", ms, "ms/msg") for chat, ms in costs.items()]
            figures.append(beside(values, ECHO, f"{stand}: messages a second", at_least=of_echo))
            figures.append(beside(values, TUTORIAL, f"{stand}: messages a second", at_least=of_tutorial))
            figures += [beside(values, chat, f"{stand}: messages a second", at_least=0.9) for chat in pooled]
    return figures


async def watched(bench: Bench) -> list[Figure]:
    """Let clients talk with LinkUp as it is, and with one whose loop the checker's live half watches."""
    async with sites(bench.folder, [LINKUP, WATCHED]) as running:
        rates, costs = await throughput(running, bench.rounds * TURNS, SECONDS / 2)
    return [
        Figure("SQLite: messages a second, watched beside not", ratios(rates[WATCHED], rates[LINKUP]), at_least=0.98),
        Figure("SQLite: processor of the server, the same", ratios(costs[WATCHED], costs[LINKUP]), at_most=1.02),
    ]


async def one_client(bench: Bench) -> list[Figure]:
    """Let one client send a message at a time, and look how long its receipt takes."""
    figures = []
    for stand, services in (("SQLite", {}), ("PostgreSQL", bench.services)):
        if stand == "SQLite" or services:
            pooled = [POOLED] if services else []
            async with sites(bench.folder, [LINKUP, TUTORIAL, *pooled], **services) as running:
                values = await waits(running, bench.rounds, MESSAGES)
            figures += [Figure(f"{stand}: receipt, {c}", [1000 * s for s in v], "ms") for c, v in values.items()]
            figures += [beside(values, chat, f"{stand}: receipt", at_most=1) for chat in (TUTORIAL, *pooled)]
    return figures


ON_SQLITE_TOO: dict[str, Scenario] = {"throughput": many_clients, "one-client": one_client, "watched": watched}
ON_SERVICES: dict[str, Scenario] = {"restart": restart, "idle": idle, "locked-row": locked_row}
FILES = 10_000  # a connection is a file, here and in the server


def allow_many_connections() -> None:
    """Raise the limit of open files for this process and the servers it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))

"""LinkUp beside other chats: messages a second of many clients, and how long one client waits.

Servers of all chats run at once and are asked in turns; a ratio is of one round. The clients are Python, too, and share
the machine with the servers.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path
from statistics import median

from crowd import Crowd, peopled
from figures import Figure, ratios
from talk import hall

from server import Server
from workshop.scratch import PROJECT

CLIENTS = 50
PAUSE = 0.01  # seconds from a receipt to the next message of a client that is alone
LINKUP, WATCHED, ECHO, TUTORIAL, POOLED = "LinkUp", "LinkUp, watched", "echo", "tutorial", "tutorial, pooled"
Values = dict[str, list[float]]


class ChatServer(Server):
    """A server process of one of the chats in serve.py."""

    def __init__(self, environ: dict[str, str], log: Path, chat: str) -> None:
        self.chat_name = chat
        super().__init__(environ | {"PYTHONPATH": str(PROJECT)}, log)

    def start(self) -> None:
        command = [sys.executable, str(Path(__file__).with_name("serve.py")), str(self.port), self.chat_name]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=PROJECT, env=self.environ, stdout=subprocess.PIPE, stderr=log)
        assert self.process.stdout.readline(), self.log.read_text()


@asynccontextmanager
async def sites(folder: Path, chats: Iterable[str], **services: str):
    """Run a server for each of some chats, with CLIENTS users that are the same for all."""
    async with peopled(folder, CLIENTS, **services) as (environ, users):
        with ExitStack() as stack:
            running = {}
            for chat in chats:
                server = ChatServer(
                    environ | own_file(environ["LINKUP_DATABASE_URL"], chat), folder / f"{chat}.log", chat
                )
                stack.callback(server.kill)
                running[chat] = Crowd(server, users)
            yield running


def own_file(url: str, chat: str) -> dict[str, str]:
    """Return a setting for a SQLite file of a chat's own: who closes the last connection to a file tidies it up."""
    if not url.startswith("sqlite:///"):
        return {}
    file = Path(url.removeprefix("sqlite:///"))
    copy = file.with_name(f"{chat}.sqlite3")
    shutil.copy(file, copy)
    return {"LINKUP_DATABASE_URL": f"sqlite:///{copy}"}


async def throughput(
    running: dict[str, Crowd], rounds: int, seconds: float, clients: int = CLIENTS
) -> tuple[Values, Values]:
    """Let clients talk, two and two, for so many seconds a round.

    Returns messages a second that got through, and milliseconds of the server's processor for each, by chat and round.
    """
    rates: Values = {chat: [] for chat in running}
    costs: Values = {chat: [] for chat in running}
    async with AsyncExitStack() as stack:
        halls = {
            chat: await stack.enter_async_context(hall(site, clients, has_receipts(chat)))
            for chat, site in running.items()
        }
        for number in range(rounds):
            for chat in in_turns(halls, number):
                used, through = processor_seconds(running[chat].server), halls[chat].through
                rates[chat].append(await halls[chat].messages_per_second(seconds))
                used, through = processor_seconds(running[chat].server) - used, halls[chat].through - through
                costs[chat].append(1000 * used / through)
    return rates, costs


def processor_seconds(server: Server) -> float:
    """Return how much processor time a server has used."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def waits(running: dict[str, Crowd], rounds: int, messages: int) -> Values:
    """Return how many seconds the receipt of a client that is alone took, as the median of each round."""
    values: Values = {chat: [] for chat in running}
    async with AsyncExitStack() as stack:
        alone = {}
        for chat, site in running.items():
            (alone[chat],) = (await stack.enter_async_context(hall(site, 1, has_receipts(chat)))).talkers
        for number in range(rounds):
            took: Values = {chat: [] for chat in running}
            for _message in range(messages):
                for chat in in_turns(alone, number):
                    await asyncio.sleep(PAUSE)
                    took[chat].append(await alone[chat].seconds_to_receipt())
            for chat, seconds in took.items():
                values[chat].append(median(seconds))
    return values


def has_receipts(chat: str) -> bool:
    """Tell whether a chat says that a message was delivered and read."""
    return chat in (LINKUP, WATCHED, ECHO)


def in_turns(chats: Iterable[str], number: int) -> list[str]:
    """Return chats forwards in one round and backwards in the next, so that none always follows the same one."""
    return list(chats)[:: -1 if number % 2 else 1]


def beside(values: Values, chat: str, what: str, **target: float) -> Figure:
    """Return LinkUp's values as parts of another chat's."""
    return Figure(f"{what}, LinkUp beside {chat}", ratios(values[LINKUP], values[chat]), **target)

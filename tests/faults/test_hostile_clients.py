"""Generated frames and requests: none gets an exception into the log, and no socket closes but by a documented code."""

import asyncio
import json
import re
from urllib.request import Request, urlopen

import pytest
import websockets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messaging.protocol import CloseCode
from server import frame_of

# As the log begins its lines; the words alone may stand in a path that was generated.
FAILURE = re.compile(r"^Traceback .*|^\d{4}-\d\d-\d\d \S+ (?:ERROR|CRITICAL) .*", re.MULTILINE)
BATCH = 25  # frames or requests an example; fewer than a socket may send at once

ids = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.lists(st.integers(), max_size=2)
)
anything = st.recursive(
    ids, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
near_misses = st.fixed_dictionaries(
    {"type": st.sampled_from(["message", "history", "read", "typing", "pong", "error", "__class__"]) | anything},
    optional={
        "client_id": st.uuids().map(str) | anything,
        "content": st.text(max_size=50) | st.sampled_from(["x" * 4001, "\0", "\ud800"]) | anything,
        "before_id": anything,
        "after_id": anything,
        "up_to_id": anything,
        "token": anything,
    },
)
frames = st.one_of(
    near_misses.map(json.dumps),
    anything.map(json.dumps),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace").decode()),
    st.binary(max_size=200),
    st.sampled_from(["[" * 20_000, "9" * 5_000, "x" * 40_000, '{"type": "read", "up_to_id": 1e400}']),
)
tokens = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), min_size=1, max_size=20)
requests = st.builds(
    lambda method, path, headers, body: (
        "\r\n".join(
            [
                f"{method} {path} HTTP/1.1",
                "Host: 127.0.0.1",
                "Connection: close",
                *headers,
                f"Content-Length: {len(body)}",
                "",
                "",
            ]
        ).encode("latin-1")
        + body
    ),
    st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS", "BREW"]),
    st.one_of(
        st.sampled_from(
            ["/", "/login/", "/logout/", "/chat/ben/", "/chat/%00/", "/static/../settings.py", "/ws/chat/ben/"]
        ),
        tokens.map(lambda token: "/" + token.replace(" ", "+")),
    ),
    st.lists(
        st.builds(
            "{}: {}".format, st.sampled_from(["Cookie", "Origin", "Upgrade", "X-Forwarded-For", "Content-Type"]), tokens
        ),
        max_size=3,
    ),
    st.binary(max_size=200),
)


async def attack(site, batch):
    """Send frames as Ana; return the code the server closed with, or None when it still served her."""
    async with site.chat("ana", "ben") as chat:
        try:
            for frame in batch:
                await chat.send(frame)
            await chat.send('{"type": "history", "before_id": 1}')
            while (answer := json.loads(await chat.recv())).get("before_id") != 1:
                assert answer["type"] in ("presence", "message", "status", "history", "typing", "error"), answer
                assert answer.get("code") not in ("internal", "unavailable"), answer
        except websockets.ConnectionClosed:
            return chat.close_code
    return None


async def request(site, raw):
    """Send bytes to the server's HTTP side, and return the status line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.server.port)
    writer.write(raw)
    answer = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    return answer.partition(b"\r\n")[0].decode()


def generated(strategy, examples, check):
    """Run `check` on generated batches, and let a failing one be shown in its shortest form."""

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(st.lists(strategy, min_size=BATCH, max_size=BATCH))
    def run(batch):
        asyncio.run(check(batch))

    run()


@pytest.mark.timeout(3000)
def test_hostile_clients_get_answers_and_leave_no_trace(site, dose):
    async def check_frames(batch):
        assert await attack(site, batch) in {None, *(code.value for code in CloseCode)}

    async def check_requests(batch):
        for raw in batch:
            status = await request(site, raw)
            assert re.match(r"HTTP/1\.1 ([234]\d\d|501) ", status), (raw, status)

    examples = dose(8, 200)  # batches of each kind
    generated(frames, examples, check_frames)
    generated(requests, examples, check_requests)
    before = site.server.memory
    generated(frames, examples, check_frames)
    generated(requests, examples, check_requests)
    growth = site.server.memory - before
    print(f"{4 * examples * BATCH} frames and requests; memory {before:.0f} MiB, then {growth:+.1f}")
    assert growth < 10  # MiB; the same again costs nothing
    assert not FAILURE.findall(site.log.read_text())


def log_out(site, user):
    """Send the form at the top of each page."""
    token = "a" * 32
    headers = {"Cookie": f"{site.cookies[user]}; csrftoken={token}", "X-CSRFToken": token}
    address = f"http://127.0.0.1:{site.server.port}/logout/"
    urlopen(Request(address, b"", headers)).close()


async def test_a_client_that_leaves_the_close_unanswered_is_no_failure(site, message):
    """Until Daphne gives the socket up, a second later, it refuses whatever is sent there."""
    text, client_id = message("Are you there?")
    async with site.chat("ben", "ana") as ben, site.chat("ana", "ben") as ana:
        assert (await frame_of(ana, "presence"))["is_online"]
        closed = asyncio.Event()
        ben.transport.write = lambda answer: closed.set()
        await asyncio.to_thread(log_out, site, "ben")
        await closed.wait()
        await ana.send(text)
        frames = [await frame_of(ana, "message", "presence") for _ in range(2)]  # on a busy machine in either order
        told = {frame["type"]: frame for frame in frames}
        assert told["message"]["message"]["client_id"] == client_id
        assert not told["presence"]["is_online"]
    assert site.rows("SELECT status FROM messaging_message ORDER BY id DESC LIMIT 1") == [("sent",)]
    assert "failure" not in site.log.read_text()

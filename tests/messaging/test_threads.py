"""Which threads do the database work, and what becomes of their connections."""

import threading

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections

from linkup.threads import closed_after_each_request, several_database_threads

pytestmark = pytest.mark.django_db(transaction=True)


async def test_two_connections_share_a_thread_where_the_database_has_one_writer():
    async def application(scope, receive, send):
        found.append([await sync_to_async(threading.get_ident)() for _ in range(2)])

    found = []
    serve = several_database_threads(application)
    for _ in range(2):
        await serve({}, None, None)
    first, second = found
    assert first[0] == first[1], "a connection stays with its thread"
    assert (first == second) == (connection.vendor == "sqlite")


async def test_a_request_leaves_no_connection_open():
    @sync_to_async
    def ask():
        connection.ensure_connection()
        return connections["default"], threading.get_ident()

    async def application(scope, receive, send):
        found.append(await ask())
        assert found[-1][0].connection is not None

    found = []
    for _ in range(2):
        await closed_after_each_request(application)({}, None, None)
    assert [wrapper.connection for wrapper, _thread in found] == [None, None]
    assert found[0][1] != threading.get_ident()

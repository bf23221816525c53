"""aatomic(using=...): another database than the default one, an unknown one, and one that cannot be reached."""

import pytest
from channels.db import database_sync_to_async
from django.db import OperationalError, connection, connections
from django.utils.connection import ConnectionDoesNotExist

from messaging.models import Message
from messaging.transactions import aatomic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("block_connections")]


@pytest.fixture(scope="module", autouse=True)
def second(django_db_setup):
    """Give the test database a second alias."""
    mirror = {"TEST": connection.settings_dict["TEST"] | {"MIRROR": "default"}}
    connections.settings["second"] = connection.settings_dict | mirror
    yield
    del connections.settings["second"]


@pytest.mark.django_db(transaction=True, databases=["default", "second"])
async def test_another_alias_has_a_transaction_of_its_own(ana, ben, stored):
    def in_transaction():
        return {alias: connections[alias].in_atomic_block for alias in ("default", "second")}

    async def block(fails):
        async with aatomic(using="second"):
            await Message.objects.using("second").acreate(sender=ana, recipient=ben, content="Hello")
            assert await database_sync_to_async(in_transaction)() == {"default": False, "second": True}
            assert await stored() == []
            if fails:
                raise KeyError

    with pytest.raises(KeyError):
        await block(fails=True)
    assert await stored() == []
    await block(fails=False)
    assert await stored() == ["Hello"]


async def test_an_unknown_alias_is_an_error_and_not_a_block(write, stored):
    with pytest.raises(ConnectionDoesNotExist, match="nowhere"):
        async with aatomic(using="nowhere"):
            raise AssertionError("the block must not be entered")
    await write("after")
    assert await stored() == ["after"]


async def test_a_database_that_cannot_be_opened_is_an_error_and_not_a_block(monkeypatch):
    """Connections that were made before keep their settings."""
    monkeypatch.setitem(connections.settings, "default", connection.settings_dict | {"NAME": "/nonexistent/linkup"})
    with pytest.raises(OperationalError):
        async with aatomic():
            raise AssertionError("the block must not be entered")

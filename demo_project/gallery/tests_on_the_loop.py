"""An async test asks the database itself, or uses what does; pytest-asyncio has a loop in the test's own thread."""

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from shop.models import Author

CODE = None
CATALOGUE = [38]
RUNNER = "test"
RAISES = {"DoesNotExist": ["row_of_a_fixture"]}


@pytest.fixture
def rolled_back(db):
    return Author.objects.create(name="Chloe")


@pytest.fixture
def committed(transactional_db):
    return Author.objects.create(name="Chloe")


@pytest.mark.django_db(transaction=True)
async def broken_query():
    assert Author.objects.count() == 2


@pytest.mark.django_db(transaction=True)
async def fixed_query():
    assert await Author.objects.acount() == 2


@pytest.mark.django_db(transaction=True)
def fixed_query_2():
    assert Author.objects.count() == 2


@pytest.mark.django_db(transaction=True)
async def broken_save():
    author = await Author.objects.aget(pk=1)
    author.name = "Renamed"
    author.save()
    print(await sync_to_async(Author.objects.get)(name="Renamed"))


@pytest.mark.django_db(transaction=True)
async def fixed_save():
    author = await Author.objects.aget(pk=1)
    author.name = "Renamed"
    await author.asave()
    print(await sync_to_async(Author.objects.get)(name="Renamed"))


@pytest.mark.django_db(transaction=True)
async def broken_login(client):
    client.force_login(await get_user_model().objects.aget(username="ann"))
    print("sessionid" in client.cookies)


@pytest.mark.django_db(transaction=True)
async def fixed_login(async_client):
    await async_client.aforce_login(await get_user_model().objects.aget(username="ann"))
    print("sessionid" in async_client.cookies)


async def broken_row_of_a_fixture(rolled_back):
    print(await Author.objects.aget(name="Chloe"))


async def fixed_row_of_a_fixture(committed):
    print(await Author.objects.aget(name="Chloe"))

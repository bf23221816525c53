"""An async test asks the database itself, or uses what does; pytest-asyncio has a loop in the test's own thread."""

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from shop.models import Author

CODE = None
CATALOGUE = [38]
RUNNER = "test"
RAISES = {"AssertionError": ["row_of_its_own"], "DoesNotExist": ["row_of_a_fixture"]}


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


@pytest.fixture
def nothing_is_left(django_db_blocker):
    yield  # until the test has ended, and what it has written is rolled back
    with django_db_blocker.unblock():
        names = list(Author.objects.values_list("name", flat=True))
    assert "Chloe" not in names, f"the next test finds {names}"


async def broken_row_of_its_own(nothing_is_left, db):
    await Author.objects.acreate(name="Chloe")


async def fixed_row_of_its_own(nothing_is_left, transactional_db):
    await Author.objects.acreate(name="Chloe")


def fixed_row_of_its_own_2(nothing_is_left, db):
    Author.objects.create(name="Chloe")

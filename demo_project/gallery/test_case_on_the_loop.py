"""A TestCase of Django with async methods: Django runs a test in a loop, and unittest knows of no async setUp."""

import unittest

from django.test import TestCase
from shop.models import Author

CODE = None
CATALOGUE = [38]
RUNNER = "script"
RAISES = {"AttributeError": ["set_up"]}
CONTROL = "fails without a loop too"


def run(case):
    """Run the tests of a case, and raise the first error."""
    unittest.defaultTestLoader.loadTestsFromTestCase(case).debug()


def broken_query():
    class Authors(TestCase):
        async def test_number(self):
            assert Author.objects.count() == 2

    run(Authors)


def fixed_query():
    class Authors(TestCase):
        async def test_number(self):
            assert await Author.objects.acount() == 2

    run(Authors)


def fixed_query_2():
    class Authors(TestCase):
        def test_number(self):
            assert Author.objects.count() == 2

    run(Authors)


def broken_client():
    class Pages(TestCase):
        async def test_login(self):
            self.client.force_login(await make_user())

    run(Pages)


def fixed_client():
    class Pages(TestCase):
        async def test_login(self):
            await self.async_client.aforce_login(await make_user())

    run(Pages)


async def make_user():
    from django.contrib.auth import get_user_model

    return await get_user_model().objects.aget(username="ann")


def broken_set_up():
    class Authors(TestCase):
        async def setUp(self):
            self.author = await Author.objects.acreate(name="Chloe", email="chloe@example.com")

        async def test_name(self):
            assert self.author.name == "Chloe"

    run(Authors)


def fixed_set_up():
    class Authors(TestCase):
        def setUp(self):
            self.author = Author.objects.create(name="Chloe", email="chloe@example.com")

        async def test_name(self):
            assert self.author.name == "Chloe"

    run(Authors)

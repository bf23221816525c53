"""Which branch of a helper is taken depends on what it is called with, or on its defaults."""

from asgiref.sync import sync_to_async
from shop.models import Author

CODE = "DAS001"
CATALOGUE = [2]
CONTROL = {"fixed does other work": ["flag", "value"]}


def name_of(author=None, is_counting: bool = False, name: str | None = None):
    if author is not None:
        return author.name
    if is_counting:
        return f"one of {Author.objects.count()}"
    return Author.objects.get(name=name).name if name else "nobody"


def changes(is_first=False):
    for _ in range(2):
        if is_first:
            return Author.objects.count()
        is_first = True
    return 0


class Card:
    """Asks unless it is told."""

    def __init__(self, name=None):
        self.name = name or Author.objects.first().name if name is None else name


async def broken_flag():
    return name_of(is_counting=True)


async def fixed_flag():
    return name_of()


async def broken_value():
    return name_of(name="Ann")


async def fixed_value():
    return name_of(name="")


async def broken_given_by_mapping():
    return name_of(**{"is_counting": True})


async def fixed_given_by_mapping():
    return await sync_to_async(name_of)(**{"is_counting": True})


async def broken_default_of_init():
    return Card()


async def fixed_default_of_init():
    return Card("Ann")


async def broken_changed_on_the_way():
    return changes()


async def fixed_changed_on_the_way():
    return await sync_to_async(changes)()

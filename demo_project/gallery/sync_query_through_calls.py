"""A query method is called by a sync function that the event loop runs; the place is the last async one."""

from functools import partial

from asgiref.sync import sync_to_async
from shop import prices
from shop.models import Author, Book
from shop.threads import (
    anywhere,
    anywhere_by_flag,
    anywhere_by_loop,
    either,
    in_thread,
    logged,
    nowhere,
    of_either_kind,
)

CODE = "DAS001"
CATALOGUE = [2]
CONTROL = {"fixed does other work": ["flag_of_loop", "name_of_loop", "import_in_function", "key_function"]}


def find(name):
    return Author.objects.filter(name=name).first()


def find_by_way_of(name):
    return find(name.strip())


@in_thread
def find_in_thread(name):
    return find(name)


@logged
def find_and_log(name):
    return find(name)


@either
def find_either(name):
    return find(name)


async def broken_decorator_for_both():
    return find_either("Ann")


async def fixed_decorator_for_both():
    return await sync_to_async(find_either)("Ann")


async def broken_expression_for_both():
    return either(find)("Ann")


async def fixed_expression_for_both():
    return await of_either_kind(find)("Ann")


async def broken_loop_asked_for():
    return nowhere(Author.objects.count)


async def fixed_loop_asked_for():
    return anywhere(Author.objects.count)


async def broken_flag_of_loop():
    return [anywhere_by_flag(Author.objects.count), Author.objects.count()]


async def fixed_flag_of_loop():
    return anywhere_by_flag(Author.objects.count)


async def broken_name_of_loop():
    return [anywhere_by_loop(Author.objects.count), Author.objects.count()]


async def fixed_name_of_loop():
    return anywhere_by_loop(Author.objects.count)


async def broken_helper():
    return find("Ann")


async def fixed_helper():
    return await sync_to_async(find)("Ann")


async def broken_helper_of_helper():
    return find_by_way_of(" Ann ")


async def fixed_helper_of_helper():
    return await sync_to_async(find_by_way_of)(" Ann ")


async def broken_own_decorator():
    return find_and_log("Ann")


async def fixed_own_decorator():
    return await find_in_thread("Ann")


async def broken_other_module():
    book = await Book.objects.aget(pk=1)
    prices.discount(book, 50)


async def fixed_other_module():
    book = await Book.objects.aget(pk=1)
    await sync_to_async(prices.discount)(book, 50)


async def broken_import_in_function():
    from shop.prices import discount

    book = await Book.objects.aget(pk=1)
    discount(book, 50)


async def fixed_import_in_function():
    from shop.prices import rounded

    book = await Book.objects.aget(pk=1)
    return rounded(book.price)


async def broken_closure():
    def count():
        return Author.objects.count()

    return count()


async def fixed_closure():
    def count():
        return Author.objects.count()

    return await sync_to_async(count)()


async def broken_closure_of_closure():
    name = "Ann"

    def outer():
        def inner():
            return find(name)

        return inner()

    return outer()


async def fixed_closure_of_closure():
    name = "Ann"

    def outer():
        def inner():
            return find(name)

        return inner()

    return await sync_to_async(outer)()


async def broken_lambda():
    count = lambda: Author.objects.count()  # noqa: E731
    return count()


async def fixed_lambda():
    return await sync_to_async(lambda: Author.objects.count())()


async def broken_nested_async():
    async def load():
        return find("Ann")

    return await load()


async def fixed_nested_async():
    async def load():
        return await Author.objects.aget(name="Ann")

    return await load()


async def broken_manager_method():
    return Author.objects.busiest()


async def fixed_manager_method():
    return await sync_to_async(Author.objects.busiest)()


async def broken_comprehension():
    return [find(book.title) async for book in Book.objects.all()]


async def fixed_comprehension():
    return [await sync_to_async(find)(book.title) async for book in Book.objects.all()]


async def broken_key_function():
    authors = [author async for author in Author.objects.all()]
    return sorted(authors, key=lambda author: author.books.count())


async def fixed_key_function():
    authors = [author async for author in Author.objects.all()]
    return sorted(authors, key=lambda author: author.name)


async def broken_async_generator():
    async def counts():
        yield "start"
        yield find("Ann").name

    return [part async for part in counts()]


async def fixed_async_generator():
    async def counts():
        yield "start"
        yield (await Author.objects.aget(name="Ann")).name

    return [part async for part in counts()]


def is_known(names):
    """Call itself; ask in the end."""
    return bool(names) and (find(names[0]) is not None or is_known(names[1:]))


def call(function, *args):
    return function(*args)


async def broken_recursion():
    return is_known(["Ann", "Bob"])


async def fixed_recursion():
    return await sync_to_async(is_known)(["Ann", "Bob"])


async def broken_partial():
    find_ann = partial(find, "Ann")
    return find_ann()


async def fixed_partial():
    find_ann = partial(find, "Ann")
    return await sync_to_async(find_ann)()


async def broken_function_as_argument():
    return call(find, "Ann")


async def fixed_function_as_argument():
    return await sync_to_async(call)(find, "Ann")


async def broken_map():
    return list(map(find, ["Ann", "Bob"]))


async def fixed_map():
    return await sync_to_async(lambda: list(map(find, ["Ann", "Bob"])))()


async def broken_only_one_branch():
    name = "Ann"
    return find(name) if name else None


async def fixed_only_one_branch():
    name = "Ann"
    return await sync_to_async(find)(name) if name else None


async def broken_finally():
    try:
        return "done"
    finally:
        find("Ann")


async def fixed_finally():
    try:
        return "done"
    finally:
        await sync_to_async(find)("Ann")

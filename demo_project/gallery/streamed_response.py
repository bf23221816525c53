"""An answer in parts asks the database between them, when its status has been sent."""

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from shape import costs
from shop.models import Author, Book

CODE = {"DAS002": ["rows"], "DAS003": ["relation"]}
CATALOGUE = [35]


async def sent(response):
    """Send each part, as a server does; a row that is made says so in the same list."""
    return [part.decode() async for part in response]


async def broken_rows():
    log = []

    async def lines():
        for author in Author.objects.order_by("pk"):
            log.append(f"made {author.name}")
            yield author.name

    async for part in StreamingHttpResponse(lines()):
        log.append(f"sent {part.decode()}")
    return log


@costs(gives=["made Ann", "made Bob", "sent Ann", "sent Bob"])
async def trap_rows():
    log = []

    def lines():
        for author in Author.objects.order_by("pk"):
            log.append(f"made {author.name}")
            yield author.name

    async for part in StreamingHttpResponse(lines()):  # Django makes all of them first, in a thread
        log.append(f"sent {part.decode()}")
    return log


async def fixed_rows():
    log = []

    async def lines():
        async for author in Author.objects.order_by("pk"):
            log.append(f"made {author.name}")
            yield author.name

    async for part in StreamingHttpResponse(lines()):
        log.append(f"sent {part.decode()}")
    return log


async def broken_relation():
    async def lines():
        async for book in Book.objects.order_by("pk"):
            yield f"{book.title} by {book.author.name}"

    return await sent(StreamingHttpResponse(lines()))


async def fixed_relation():
    async def lines():
        async for book in Book.objects.select_related("author").order_by("pk"):
            yield f"{book.title} by {book.author.name}"

    return await sent(StreamingHttpResponse(lines()))


async def broken_queryset():
    return await sent(StreamingHttpResponse(Author.objects.order_by("pk")))


async def fixed_queryset():
    return await sent(StreamingHttpResponse(await sync_to_async(list)(Author.objects.order_by("pk"))))

"""DAS017: a signal is sent on the event loop to a receiver that asks the database."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS017",
    name="signal",
    title="A signal is sent on the event loop to a receiver that asks the database",
    why="Signal.send() calls plain receivers where it is called, and the sender does not see what they do.",
    fix=(
        "Await signal.asend(…): plain receivers then run in a thread. In async receivers, await the database's "
        "async methods."
    ),
    trap="send_robust() catches the error and returns it in its result, where nobody looks.",
    example_broken="""
@receiver(book_lent)
def count(sender, pk, **kwargs):
    Book.objects.filter(pk=pk).update(lent=F("lent") + 1)


async def lend(pk):
    book_lent.send(sender=Book, pk=pk)
""",
    example_fixed="""
@receiver(book_lent)
def count(sender, pk, **kwargs):
    Book.objects.filter(pk=pk).update(lent=F("lent") + 1)


async def lend(pk):
    await book_lent.asend(sender=Book, pk=pk)
""",
    lesson="08_channels_own_traps",
)

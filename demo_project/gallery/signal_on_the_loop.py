"""A signal is sent on the event loop, and a sync receiver asks the database."""

from asgiref.sync import sync_to_async
from django.db.models.signals import post_save
from django.dispatch import Signal
from shape import costs
from shop.models import Author, Book, Tag
from shop.signals import book_sold, shop_opened

CODE = {
    "DAS001": ["async_receiver", "no_loop_in_sight"],
    "DAS017": ["send", "send_in_thread", "helper", "receiver_that_asks", "sold"],
}
CATALOGUE = [20]
CONTROL = {
    "fixed does other work": ["receiver_that_asks"],
    "fails without a loop too": ["async_receiver", "no_loop_in_sight"],
}
RAISES = {"RuntimeError": ["sent_to_a_coroutine"]}
RUNNER = {"script": ["no_loop_in_sight"]}

stock_counted = Signal()


def remember(sender, **kwargs):
    Author.objects.filter(pk=1).update(name="seen")


stock_counted.connect(remember)


def sell(book_id):
    book_sold.send(sender=None, book_id=book_id)


async def broken_send():
    book_sold.send(sender=None, book_id=1)


async def fixed_send():
    await book_sold.asend(sender=None, book_id=1)  # in a thread, as the receiver is sync


async def broken_send_in_thread():
    stock_counted.send(sender=None)


async def fixed_send_in_thread():
    await sync_to_async(stock_counted.send)(sender=None)


async def broken_helper():
    sell(1)


async def fixed_helper():
    await sync_to_async(sell)(1)


async def broken_receiver_that_asks():
    stock_counted.send("the shop")


async def fixed_receiver_that_asks():
    shop_opened.send("the shop")


async def broken_async_receiver():
    async def receiver(sender, instance, **kwargs):
        Author.objects.filter(name=instance.name).update(name="tagged")

    post_save.connect(receiver, sender=Tag)
    await Tag.objects.acreate(name="new")


async def fixed_async_receiver():
    async def receiver(sender, instance, **kwargs):
        await Author.objects.filter(name=instance.name).aupdate(name="tagged")

    post_save.connect(receiver, sender=Tag)
    await Tag.objects.acreate(name="new")


async def broken_sold():
    book_sold.send(sender=None, book_id=1)
    return await price_of(1)


@costs(gives=5)
async def trap_sold():
    book_sold.send_robust(sender=None, book_id=1)  # logs the error and hands it back; nobody looks
    return await price_of(1)


async def fixed_sold():
    await book_sold.asend(sender=None, book_id=1)
    return await price_of(1)


async def price_of(book_id):
    return (await Book.objects.aget(pk=book_id)).price


def broken_no_loop_in_sight():
    async def receiver(sender, instance, **kwargs):
        Author.objects.filter(name=instance.name).update(name="tagged")

    post_save.connect(receiver, sender=Tag)
    Tag.objects.create(name="Ann")


def fixed_no_loop_in_sight():
    async def receiver(sender, instance, **kwargs):
        await Author.objects.filter(name=instance.name).aupdate(name="tagged")

    post_save.connect(receiver, sender=Tag)
    Tag.objects.create(name="Ann")


async def broken_sent_to_a_coroutine():
    async def receiver(sender, **kwargs):
        await Book.objects.filter(pk=2).aupdate(price=12)

    shop_opened.connect(receiver)
    shop_opened.send("the shop")


async def fixed_sent_to_a_coroutine():
    async def receiver(sender, **kwargs):
        await Book.objects.filter(pk=2).aupdate(price=12)

    shop_opened.connect(receiver)
    await shop_opened.asend("the shop")

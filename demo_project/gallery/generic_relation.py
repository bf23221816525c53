"""A generic relation, or the content type behind it, is looked up on the event loop.

Once a content type was looked up, it is in a cache of the process; then some of these do not fail.
"""

from asgiref.sync import sync_to_async
from django.contrib.contenttypes.models import ContentType
from shape import costs
from shop.models import Author, Book, Comment

CODE = "DAS020"
CATALOGUE = [11]


def target_of(comment):
    return comment.target


async def broken_target():
    comment = await Comment.objects.aget(pk=1)
    return comment.target


async def partial_target():
    await sync_to_async(ContentType.objects.get_for_model)(Book)  # the type is known now, and its object is not
    comment = await Comment.objects.aget(pk=1)
    return comment.target


async def fixed_target():
    comment = await Comment.objects.prefetch_related("target").aget(pk=1)
    return comment.target


async def broken_only_its_key():
    comment = await Comment.objects.aget(pk=1)
    return comment.target.pk


async def fixed_only_its_key():
    comment = await Comment.objects.aget(pk=1)
    return comment.object_id


async def broken_async_for():
    async for comment in Comment.objects.all():
        print(comment.target.pk)


async def fixed_async_for():
    async for comment in Comment.objects.prefetch_related("target"):
        print(comment.target.pk)


async def broken_getattr():
    comment = await Comment.objects.aget(pk=1)
    return getattr(comment, "target")  # noqa: B009


async def fixed_getattr():
    comment = await Comment.objects.aget(pk=1)
    return await sync_to_async(getattr)(comment, "target")


async def broken_helper():
    return target_of(await Comment.objects.aget(pk=1))


async def fixed_helper():
    return await sync_to_async(target_of)(await Comment.objects.aget(pk=1))


async def broken_constructor():
    book = await Book.objects.aget(pk=1)
    return Comment(text="Bad", target=book)


async def fixed_constructor():
    book = await Book.objects.aget(pk=1)
    return await sync_to_async(Comment)(text="Bad", target=book)


async def broken_content_type():
    return ContentType.objects.get_for_model(Author)


async def fixed_content_type():
    return await sync_to_async(ContentType.objects.get_for_model)(Author)


async def broken_manager():
    book = await Book.objects.aget(pk=1)
    return [comment async for comment in book.comments.all()]


async def fixed_manager():
    book = await Book.objects.prefetch_related("comments").aget(pk=1)
    return list(book.comments.all())


async def broken_order_of_calls():
    book = await Book.objects.aget(pk=1)
    return [comment.text async for comment in book.comments.all()]


@costs(hops=3)
async def trap_order_of_calls():
    await sync_to_async(ContentType.objects.get_for_model)(Book)  # as some earlier request has done
    book = await Book.objects.aget(pk=1)
    return [comment.text async for comment in book.comments.all()]


async def partial_order_of_calls():
    await sync_to_async(ContentType.objects.get_for_model)(Book)
    ContentType.objects.clear_cache()  # as migrate and flush do, and the start of the next process
    book = await Book.objects.aget(pk=1)
    return [comment.text async for comment in book.comments.all()]


async def fixed_order_of_calls():
    book = await Book.objects.prefetch_related("comments").aget(pk=1)
    return [comment.text for comment in book.comments.all()]

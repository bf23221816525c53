"""Gets SynchronousOnlyOperation into a log in every way there is; writes FOLDER/<way>.log and FOLDER/<way>.jsonl.

Started as a program by the tests: failing_program.py FOLDER
"""

import asyncio
import gc
import json
import logging
import sys
import traceback
from contextlib import redirect_stderr
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import SynchronousOnlyOperation

settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
django.setup()

from django.contrib.auth.models import Permission, User  # noqa: E402
from django.db import connection  # noqa: E402

log = logging.getLogger("shop")


class OrderFailed(Exception):
    pass


def save(name="ana"):
    return User.objects.get_or_create(
        username=name,
        is_active=True,
    )


def save_or_fail():
    try:
        save()
    except SynchronousOnlyOperation as error:
        raise OrderFailed("not saved") from error


def save_or_stumble():
    try:
        save()
    except SynchronousOnlyOperation as error:
        print(error.order)


def save_or_log(**options):
    try:
        save()
    except SynchronousOnlyOperation:
        log.exception("not saved", **options)


def depth(left):
    if left:
        return depth(left - 1)
    return User.objects.count()


async def in_handler():
    return save()


async def below_a_lambda():
    return [(lambda: user.count())() for user in await users()]


async def users():
    return [User.objects]


async def awaited():
    return await in_handler()


async def caused_another():
    save_or_fail()


async def during_another():
    save_or_stumble()


async def in_a_task():
    task = asyncio.create_task(in_handler())
    await asyncio.wait([task])
    del task
    gc.collect()


def make_handler():
    async def made():
        return save()

    return made


async def in_a_function_in_a_function():
    task = asyncio.create_task(make_handler()())
    await asyncio.wait([task])
    del task
    gc.collect()


async def in_a_group():
    async with asyncio.TaskGroup() as group:
        group.create_task(in_handler())
        group.create_task(caused_another())


async def while_logging():
    log.error("users: %s", User.objects.all())


async def logged_below():
    save_or_log()


async def logged_with_the_stack():
    save_or_log(stack_info=True)


async def in_depth():
    return depth(9)


async def at_the_guard():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


async def without_a_line_of_ours():
    asyncio.get_running_loop().call_soon(User.objects.count)
    await asyncio.sleep(0)


async def in_other_words():
    raise SynchronousOnlyOperation("Use the async API of the shop.")


async def message_only():
    try:
        save()
    except SynchronousOnlyOperation as error:
        log.error("not saved: %s", error)


async def as_older_daphnes_write_it():
    try:
        save()
    except SynchronousOnlyOperation as error:
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("Exception inside application: %s\n%s  %s", error, frames, error)


async def lazy():
    return Permission(content_type_id=1).content_type


async def lazy_in_a_task():
    task = asyncio.create_task(lazy())
    await asyncio.wait([task])
    del task
    gc.collect()


async def lazy_as_daphne_writes_it():
    try:
        await lazy()
    except SynchronousOnlyOperation as error:
        log.error("Exception inside application: %s", error, exc_info=error)


async def serve_in_a_group():
    try:
        async with asyncio.TaskGroup():
            await in_handler()
    except BaseExceptionGroup as group:
        raise group.exceptions[0]  # noqa: B904 - as Django 6.1 does; the log has it twice then


async def in_a_group_as_daphne_writes_it():
    try:
        await serve_in_a_group()
    except SynchronousOnlyOperation as error:
        log.error("Exception inside application: %s", error, exc_info=error)


async def told_by_another_error():
    try:
        try:
            save()
        except SynchronousOnlyOperation as error:
            raise OrderFailed(f"not saved: {error}") from None
    except OrderFailed as error:
        log.error("Exception inside application: %s", error, exc_info=error)


async def uncaught():
    try:
        await in_handler()
    except SynchronousOnlyOperation as error:
        sys.__excepthook__(type(error), error, error.__traceback__)  # in colours, since Python 3.13


async def another_error():
    raise OrderFailed("no database is to blame")


async def another_error_in_a_chain():
    try:
        {}["order"]
    except KeyError:
        await another_error()


WAYS = [
    *(in_handler, below_a_lambda, awaited, caused_another, during_another, in_a_task, in_a_group, while_logging),
    in_a_function_in_a_function,
    *(logged_below, logged_with_the_stack, in_depth, at_the_guard, without_a_line_of_ours, in_other_words),
    *(message_only, as_older_daphnes_write_it, uncaught, another_error, another_error_in_a_chain),
    *(lazy, lazy_in_a_task, lazy_as_daphne_writes_it, in_a_group_as_daphne_writes_it, told_by_another_error),
]


class JsonFormatter(logging.Formatter):
    def format(self, record):
        fields = {"time": self.formatTime(record), "level": record.levelname, "message": record.getMessage()}
        if record.exc_info:
            fields["exc_info"] = self.formatException(record.exc_info)
        return json.dumps(fields)


def run(way, file, formatter):
    with file.open("w") as stream, redirect_stderr(stream):
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter)
        logging.basicConfig(handlers=[handler], force=True)
        try:
            asyncio.run(way())
        except Exception:
            log.exception("%s failed", way.__name__)


if __name__ == "__main__":
    for way in WAYS:
        file = Path(sys.argv[1], way.__name__)
        run(way, file.with_suffix(".log"), logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        run(way, file.with_suffix(".jsonl"), JsonFormatter())

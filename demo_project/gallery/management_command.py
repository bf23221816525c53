"""The handle of a management command, or a command that is called from async code."""

import asyncio

from asgiref.sync import async_to_sync, sync_to_async
from django.core.management import BaseCommand, call_command
from shop.models import Author

CODE = None
CATALOGUE = [27]
RUNNER = {"command": ["async_handle", "loop_in_handle"]}
RAISES = {"AttributeError": ["async_handle"], "RuntimeError": ["own_loop_in_a_hop"]}
CONTROL = {"fails without a loop too": ["loop_in_handle"]}


class Rename(BaseCommand):
    requires_system_checks = ()

    def handle(self, **options):
        Author.objects.filter(pk=1).update(name="Renamed")


class RenameInLoop(BaseCommand):
    requires_system_checks = ()

    def handle(self, **options):
        asyncio.run(rename())


class RenameInItsLoop(BaseCommand):
    requires_system_checks = ()

    def handle(self, **options):
        async_to_sync(rename)()


async def rename():
    await Author.objects.filter(pk=1).aupdate(name="Renamed")


async def broken_async_handle(command, **options):
    return f"{await Author.objects.acount()} authors"


def fixed_async_handle(command, **options):
    return f"{Author.objects.count()} authors"


def fixed_async_handle_2(command, **options):
    return f"{async_to_sync(Author.objects.acount)()} authors"


def broken_loop_in_handle(command, **options):
    async def main():
        Author.objects.filter(pk=1).update(name="Renamed")

    asyncio.run(main())


def fixed_loop_in_handle(command, **options):
    asyncio.run(rename())


def fixed_loop_in_handle_2(command, **options):
    Author.objects.filter(pk=1).update(name="Renamed")


async def broken_called_on_the_loop():
    call_command(Rename())


async def fixed_called_on_the_loop():
    await sync_to_async(call_command)(Rename())


async def broken_own_loop_in_a_hop():
    await sync_to_async(call_command)(RenameInLoop())


async def fixed_own_loop_in_a_hop():
    await sync_to_async(call_command)(RenameInItsLoop())

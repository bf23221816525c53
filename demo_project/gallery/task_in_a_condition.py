"""What stands in a condition will have an answer later: a coroutine, or a task, which does not even warn."""

import asyncio

from shape import costs
from shop.visits import visit

CODE = "DAS007"
CATALOGUE = [6, 14]
RAISES = "never awaited"
CONTROL = "fails without a loop too"


async def broken_permission():
    user = await visit().auser()
    if user.ahas_perm("shop.delete_book"):  # expect: DAS007
        return "deleted"
    return "refused"


@costs(gives="deleted")
async def trap_permission():
    user = await visit().auser()
    may = asyncio.create_task(user.ahas_perm("shop.delete_book"))
    answer = "deleted" if may else "refused"
    await may
    return answer


async def fixed_permission():
    user = await visit().auser()
    if await user.ahas_perm("shop.delete_book"):
        return "deleted"
    return "refused"

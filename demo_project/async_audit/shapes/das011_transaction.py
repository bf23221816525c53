"""DAS011: a transaction is opened, or a commit hook set, on the event loop."""

from async_audit.shapes.shape import Shape

SHAPE = Shape(
    code="DAS011",
    name="transaction",
    title="A transaction is opened, or a commit hook set, on the event loop",
    why=(
        "transaction.atomic is synchronous: a transaction belongs to one connection in one thread, and an await "
        "inside it would let others in."
    ),
    fix=("Put the whole unit into one plain function with atomic around it, and await sync_to_async of that function."),
    trap=(
        "@transaction.atomic above `async def` may raise nothing: it then ends before the coroutine starts, and "
        "nothing is rolled back. `async with atomic()` is a TypeError."
    ),
    example_broken="""
async def pay(pk, amount):
    with transaction.atomic():
        await Account.objects.filter(pk=pk).aupdate(balance=F("balance") - amount)
        await Payment.objects.acreate(account_id=pk, amount=amount)
""",
    example_fixed="""
@sync_to_async
@transaction.atomic
def pay(pk, amount):
    Account.objects.filter(pk=pk).update(balance=F("balance") - amount)
    Payment.objects.create(account_id=pk, amount=amount)
""",
    lesson="09_transactions_and_wrong_fixes",
)

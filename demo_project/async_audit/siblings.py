"""Errors that people meet on the way from one colour to the other, beside SynchronousOnlyOperation: by their text."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Sibling:
    """What an error's text means: `text` is a pattern of it, `lesson` a notebook of the kit, `shape` of its gallery."""

    text: str
    why: str
    fix: str
    lesson: str
    shape: str = ""
    trap: str = ""

    @property
    def lesson_file(self) -> str:
        """The lesson's path in the kit."""
        return f"notebooks/{self.lesson}.ipynb"


SIBLINGS = (
    Sibling(
        r"You cannot use AsyncToSync in the same thread as an async event loop",
        why="async_to_sync waits in this thread for a loop, and the loop of this thread waits for it.",
        fix="Await the coroutine function itself. From a sync function that async code calls, move that to a thread.",
        lesson="00_start_here",
        shape="async_to_sync_on_the_loop/async_to_sync",
        trap="DJANGO_ALLOW_ASYNC_UNSAFE and nest_asyncio change nothing here.",
    ),
    Sibling(
        r"(?:asyncio|Runner)\.run\(\) cannot be called from a running event loop|This event loop is already running",
        why="A loop runs in this thread already, as in each cell of a notebook.",
        fix="Await the coroutine.",
        lesson="00_start_here",
        shape="cell_of_a_kernel/asyncio_run",
        trap="nest_asyncio lets it pass; sync queries and async_to_sync fail as before.",
    ),
    Sibling(
        r"Single thread executor already being used, would deadlock",
        why="The thread that waits for a new loop is the one that the work in that loop needs.",
        fix="Use async_to_sync(function)(…) in place of asyncio.run(function(…)).",
        lesson="10_no_async_in_my_code",
        shape="management_command/own_loop_in_a_hop",
        trap="Under WSGI it works, and in a request of an ASGI server it may hang without any error.",
    ),
    Sibling(
        r"sync_to_async can only be applied to sync functions",
        why="What is wrapped is no plain function: an async one, one that is wrapped already, or a result.",
        fix="Await an async function; wrap a plain one once, and hand over the function, not what it returns.",
        lesson="02_online_status",
        shape="wrong_colour/async_function_wrapped",
    ),
    Sibling(
        r"coroutine '[\w.<>]+' was never awaited|'coroutine' object (?:has no attribute|is not|does not support)"
        r"|of type 'coroutine' has no len|'coroutine' and '\w+'|type coroutine is not JSON serializable"
        r"|cannot pickle 'coroutine' object",
        why="A coroutine was made and used in place of its result; nothing has been asked or written.",
        fix="Put await before the call. Where no await is possible, call the sync function in a thread.",
        lesson="03_persistence_manager",
        shape="wrong_colour/attribute_before_await",
        trap="A condition on a coroutine is always true, and no error is raised at all.",
    ),
    Sibling(
        r"object QuerySet can't be used in 'await' expression",
        why="A queryset is lazy, and nothing that can be awaited.",
        fix="[row async for row in queryset], or await one of its a… methods.",
        lesson="03_persistence_manager",
        shape="wrong_colour/queryset_awaited",
    ),
    Sibling(
        r"object (?!NoneType|HttpResponse)\w+ can't be used in 'await' expression",
        why="What is awaited is a value: the function that gave it is a plain one.",
        fix="Call it without await, and if it asks the database, in a thread: await sync_to_async(function)(…).",
        lesson="02_online_status",
        shape="wrong_colour/sync_function_run_as_async",
    ),
    Sibling(
        r"received a `<class 'coroutine'>`|must either be all sync or all async",
        why="The class calls its handlers in one way, and this one is of the other kind.",
        fix="Keep the handlers of REST framework plain, and all handlers of one view alike.",
        lesson="07_requests_and_pages",
        shape="rest_framework_view/handler",
    ),
    Sibling(
        r"'async for' requires an object with __aiter__ method, got generator",
        why="iterator() is the sync one.",
        fix="Use aiterator().",
        lesson="03_persistence_manager",
        shape="queryset_evaluated/async_for_of_iterator",
    ),
    Sibling(
        r"'Atomic' object does not support the asynchronous context manager protocol",
        why="Django has no async transaction: one belongs to a connection, and a connection to a thread.",
        fix="Put all of the transaction into one plain function, and move that to a thread.",
        lesson="09_transactions_and_wrong_fixes",
        shape="transaction_on_the_loop/async_with",
        trap="atomic above an async def passes in some places, and opens no transaction.",
    ),
    Sibling(
        r"select_for_update cannot be used outside of a transaction",
        why="A row can be locked inside a transaction only, and an awaited query is a transaction of its own.",
        fix="Lock, change and save in one plain function with atomic, moved to a thread.",
        lesson="09_transactions_and_wrong_fixes",
        shape="row_lock/select_for_update",
        trap="SQLite lets it pass, so tests on it are green.",
    ),
    Sibling(
        r"You cannot use ATOMIC_REQUESTS with async views",
        why="Django cannot hold a transaction around an async view.",
        fix="Put non_atomic_requests above the view, and atomic into a plain function that it moves to a thread.",
        lesson="09_transactions_and_wrong_fixes",
        shape="view_in_a_transaction/atomic_requests",
        trap="With non_atomic_requests alone, a failed request leaves half of its work stored.",
    ),
    Sibling(
        r"Task exception was never retrieved|Task was destroyed but it is pending",
        why="A task was started and nobody awaits it: its error reaches no one, and it may end with the loop.",
        fix="Await the work to its end, or hand it to a queue that outlives the process.",
        lesson="05_where_the_work_runs",
        shape="cancelled_or_forgotten/forgotten",
    ),
    Sibling(
        r"too many clients already|remaining connection slots are reserved",
        why="Threads that nobody looks after keep their connections: to_thread, thread_sensitive=False, pools.",
        fix="Use database_sync_to_async, which closes in whatever thread, and a pool.",
        lesson="05_where_the_work_runs",
        shape="where_the_work_runs/place",
    ),
    Sibling(
        r"object HttpResponse(?:Redirect)? can't be used in 'await' expression",
        why="A sync mixin or decorator stands between Django and an async handler, and answers by itself.",
        fix="Decorate a function view, or ask request.auser() inside the handler.",
        lesson="07_requests_and_pages",
        shape="sync_mixin/anonymous",
    ),
    Sibling(
        r"didn't return an HttpResponse object\. It returned an unawaited coroutine",
        why="A sync decorator above an async view returns the coroutine that it got.",
        fix="Take a decorator that knows async views, or call the sync part in a thread inside the view.",
        lesson="07_requests_and_pages",
        shape="view_in_a_transaction/decorated",
    ),
    Sibling(
        r"StreamingHttpResponse must consume a?synchronous iterators",
        why="The other colour of generator is read to its end before the first part is sent.",
        fix="Under ASGI, stream an async generator: async for … in queryset.aiterator().",
        lesson="07_requests_and_pages",
        shape="streamed_response/rows",
    ),
    Sibling(
        r"object NoneType can't be used in 'await' expression",
        why="A plain method stands where an async one is awaited, as def connect in an AsyncWebsocketConsumer.",
        fix="Make it async def. In a sync consumer, keep all of them plain.",
        lesson="08_channels_own_traps",
        shape="colours_of_consumers/sync_connect",
    ),
    Sibling(
        r"Cannot operate on a closed database|connection already closed|generator didn't stop after athrow\(\)",
        why="A transaction or a cursor was opened in one hop to the thread and used in another.",
        fix="Keep all of a transaction in one plain function, in one hop.",
        lesson="03_persistence_manager",
    ),
    Sibling(
        r"(?:save|delete)\(\) got an unexpected keyword argument '(?:force_insert|using|update_fields)'",
        why="asave() and adelete() call the override of save() or delete() with Django's own arguments.",
        fix="Take and hand on *args and **kwargs in the override.",
        lesson="10_no_async_in_my_code",
        shape="save_override/save",
    ),
    Sibling(
        r"can only be used in that same thread",
        why="A connection, or a row's open cursor, was handed to another thread.",
        fix="Look the connection up in the thread that uses it, and hand out lists.",
        lesson="10_no_async_in_my_code",
        shape="connection_of_another_thread/handed_over",
    ),
)
ANY = re.compile("|".join(f"(?:{sibling.text})" for sibling in SIBLINGS))


def sibling_in(line: str) -> Sibling | None:
    """Return what a line of a log says of an error that is known here."""
    if not ANY.search(line):
        return None
    return next(sibling for sibling in SIBLINGS if re.search(sibling.text, line))

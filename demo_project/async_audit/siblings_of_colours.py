"""Errors of one colour of function where the other one belongs: coroutines, wrappers, handlers, attributes."""

from async_audit.sibling import Sibling

COLOURS = (
    Sibling(
        says="TypeError: sync_to_async can only be applied to sync functions.",
        text=(
            r"sync_to_async can only be applied to sync functions|'(?:Database)?SyncToAsync' object is not iterable"
            r"|sync_to_async\(\) got an unexpected keyword argument"
        ),
        why="What is wrapped is no plain function: an async one, one that is wrapped already, or a result.",
        fix="Await an async function; wrap a plain one once, and hand over the function, not what it returns.",
        lesson="02_online_status",
        shape="wrong_colour/async_function_wrapped",
        trap="sync_to_async(query()) asks at once, on the event loop, before anything is moved.",
    ),
    Sibling(
        says="RuntimeWarning: coroutine 'QuerySet.acreate' was never awaited",
        text=(
            r"coroutine '[\w.<>]+' was never awaited|'coroutine' object (?:has no attribute|is not|does not support)"
            r"|of type 'coroutine' has no len|'coroutine' and '\w+'|'\w+' and 'coroutine'|\(type coroutine\)"
            r"|type coroutine is not JSON serializable|cannot pickle 'coroutine' object"
            r"|type \"?<class 'coroutine'>\"? cannot be resolved"
        ),
        why="A coroutine was made and used in place of its result; nothing has been asked or written.",
        fix="Put await before the call. Where no await is possible, call the sync function in a thread.",
        lesson="03_persistence_manager",
        shape="wrong_colour/attribute_before_await",
        trap="A condition on a coroutine is always true, and no error is raised at all.",
    ),
    Sibling(
        says="TypeError: object QuerySet can't be used in 'await' expression",
        text=r"object QuerySet can't be used in 'await' expression|Object of type QuerySet is not JSON serializable",
        why="A queryset is a question that was not asked yet, and not its rows.",
        fix="[row async for row in queryset], or await one of its a… methods.",
        lesson="03_persistence_manager",
        shape="wrong_colour/queryset_awaited",
        trap="Without the await, a plain `for` over it asks on the event loop.",
    ),
    Sibling(
        says="TypeError: object int can't be used in 'await' expression",
        text=(
            r"object (?!NoneType|HttpResponse)\w+ can't be used in 'await' expression"
            r"|async_to_sync was passed a non-async-marked callable"
        ),
        why="What is awaited is a value: the function that gave it is a plain one.",
        fix="Call it without await, and if it asks the database, in a thread: await sync_to_async(function)(…).",
        lesson="02_online_status",
        shape="wrong_colour/sync_function_run_as_async",
        trap="The function has run by then, and on the event loop.",
    ),
    Sibling(
        says="AssertionError: Expected a `Response`, … but received a `<class 'coroutine'>`",
        text=r"received a `<class 'coroutine'>`|must either be all sync or all async",
        why="The class calls its handlers in one way, and this one is of the other kind.",
        fix="Keep the handlers of REST framework plain, and all handlers of one view alike.",
        lesson="07_requests_and_pages",
        shape="rest_framework_view/handler",
        trap="An async has_permission is not awaited either, and lets everybody in.",
    ),
    Sibling(
        says="TypeError: 'async for' requires an object with __aiter__ method, got generator",
        text=r"'async for' requires an object with __aiter__ method, got \w+",
        why="What is read is plain: iterator(), a generator, or a list.",
        fix="Read a queryset itself, or its aiterator(). A list needs no async for.",
        lesson="03_persistence_manager",
        shape="queryset_evaluated/async_for_of_iterator",
        trap="A generator that a thread has made is still read on the event loop.",
    ),
    Sibling(
        says="TypeError: object HttpResponseRedirect can't be used in 'await' expression",
        text=r"object HttpResponse\w* can't be used in 'await' expression",
        why="A sync mixin or decorator stands between Django and an async handler, and answers by itself.",
        fix="Decorate a function view, or ask request.auser() inside the handler.",
        lesson="07_requests_and_pages",
        shape="sync_mixin/anonymous",
        trap="Who is not logged in sees it; for all others, the mixin asks the database on the event loop.",
    ),
    Sibling(
        says=(
            "ValueError: The view … didn't return an HttpResponse object. It returned an unawaited coroutine instead."
        ),
        text=r"didn't return an HttpResponse object\. It returned an unawaited coroutine",
        why="A sync decorator above an async view returns the coroutine that it got.",
        fix="Take a decorator that knows async views, or call the sync part in a thread inside the view.",
        lesson="07_requests_and_pages",
        shape="view_in_a_transaction/decorated",
        trap="With transaction.atomic as the decorator, there is no transaction either.",
    ),
    Sibling(
        says=(
            "Warning: StreamingHttpResponse must consume synchronous iterators in order to serve them asynchronously."
        ),
        text=r"StreamingHttpResponse must consume a?synchronous iterators",
        why="The other colour of generator is read to its end before the first part is sent.",
        fix="Under ASGI, stream an async generator: async for … in queryset.aiterator().",
        lesson="07_requests_and_pages",
        shape="streamed_response/rows",
        trap="It works, and nothing is sent before all of it is there.",
    ),
    Sibling(
        says="TypeError: object NoneType can't be used in 'await' expression",
        text=r"object NoneType can't be used in 'await' expression",
        why="A plain method stands where an async one is awaited, as def connect in an AsyncWebsocketConsumer.",
        fix="Make it async def. In a sync consumer, keep all of them plain.",
        lesson="08_channels_own_traps",
        shape="colours_of_consumers/sync_connect",
        trap="A plain method that asks the database fails earlier, with no async in sight.",
    ),
    Sibling(
        says="TypeError: save() got an unexpected keyword argument 'force_insert'",
        text=r"(?:save|delete)\(\) got an unexpected keyword argument '(?:force_insert|using|update_fields)'",
        why="asave() and adelete() call the override of save() or delete() with Django's own arguments.",
        fix="Take and hand on *args and **kwargs in the override.",
        lesson="10_no_async_in_my_code",
        shape="save_override/save",
        trap="An override of asave() alone is not used by acreate().",
    ),
    Sibling(
        says="RuntimeError: cannot reuse already awaited coroutine",
        text=r"cannot reuse already awaited coroutine",
        why="A coroutine is one run of its function, and this one has been awaited.",
        fix="Call the function again.",
        lesson="03_persistence_manager",
        trap="Kept in a variable for two callers, it serves the first one.",
    ),
    Sibling(
        says="FieldFetchBlocked: Fetching of Book.author blocked.",
        text=r"Fetching of [\w.]+ blocked",
        why="The query has fetch_mode(FETCH_RAISE), and an attribute that was not loaded was read.",
        fix="Load it with the row: select_related(…), or leave it out of defer() and only().",
        lesson="06_attributes_that_query",
        shape="lazy_relation/foreign_key",
        trap="Managers of the other side, such as author.books, are not blocked.",
    ),
    Sibling(
        says="--- Logging error ---",
        text=r"^--- Logging error ---",
        why="What was to be logged could not be made text, often since turning it into text asks the database.",
        fix='Log a key, or evaluate first: logger.info("%s", [row async for row in rows]).',
        lesson="06_attributes_that_query",
        shape="str_of_instance/logging",
        trap="The program goes on, and the line is missing in the log.",
    ),
)

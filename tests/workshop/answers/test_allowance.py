"""Answers to exercise 1 of lesson 10: an allowance that all users of a process share."""

from exercises import Answers, in_place_of

SIGNATURE = "def allowance_of(user_id: int) -> Allowance:\n"
WRONG_RESULT = "no error, but what came out is wrong"

RIGHT = {
    "a dictionary of users": f"""_allowances: dict[int, Allowance] = {{}}


{SIGNATURE}    return _allowances.setdefault(user_id, Allowance())
""",
    "one that forgets": f"""from weakref import WeakValueDictionary

_allowances = WeakValueDictionary()


{SIGNATURE}    if user_id not in _allowances:
        allowance = _allowances[user_id] = Allowance()
        return allowance
    return _allowances[user_id]
""",
    "users of a thread": f"""{SIGNATURE}    allowances = vars(_current).setdefault("allowances", {{}})
    return allowances.setdefault(user_id, Allowance())
""",
    "a cache": f"""from functools import cache


@cache
{SIGNATURE}    return Allowance()
""",
}
WRONG = {
    "a value for each task": (
        f"""from asgiref.local import Local

_here = Local()


{SIGNATURE}    if not hasattr(_here, "allowance"):
        _here.allowance = Allowance()
    return _here.allowance
""",
        WRONG_RESULT,
    ),
    "a context variable": (
        f"""from contextvars import ContextVar

_here = ContextVar("allowance")


{SIGNATURE}    if _here.get(None) is None:
        _here.set(Allowance())
    return _here.get()
""",
        WRONG_RESULT,
    ),
    "a new one for each socket": (f"{SIGNATURE}    return Allowance()\n", WRONG_RESULT),
    "the thread's number": (
        f"""import threading

_allowances: dict[int, Allowance] = {{}}


{SIGNATURE}    return _allowances.setdefault(threading.get_ident(), Allowance())
""",
        WRONG_RESULT,
    ),
    "counted in the database": (
        f"""{SIGNATURE}    from messaging.models import Connection

    allowance = Allowance()
    allowance.sockets = Connection.objects.filter(status_id=user_id).count()
    return allowance
""",
        "SynchronousOnlyOperation",
    ),
    "counted in the database, by a thread": (
        f"""{SIGNATURE}    from concurrent.futures import ThreadPoolExecutor

    from messaging.models import Connection

    allowance = Allowance()
    with ThreadPoolExecutor(1) as pool:
        allowance.sockets = pool.submit(Connection.objects.filter(status_id=user_id).count).result()
    return allowance
""",
        "no error, but ",
    ),
}


class TestAllowance(Answers):
    bug, number = "10_no_async_in_my_code", 1
    right, wrong = RIGHT, WRONG
    put = staticmethod(in_place_of("allowance_of"))

"""Which shape of the error a traceback shows."""

import itertools
import re
from collections.abc import Sequence

from async_audit.frames import Frame

EVALUATES = r"__(iter|aiter|len|bool|getitem|contains|repr|reduce|getstate|or|and)__|_fetch_all|_iterator"
# A file of a package, and a function in it. Of the frames below the async function, outermost first, the first that
# fits decides: what lies below it is how that call works.
RULES = [
    (r"/rest_framework/(serializers|relations|fields|validators)\.py", "", "DAS016"),
    (r"/(django/template|jinja2)/|/django/shortcuts\.py", r"(?!get_object_or_404|get_list_or_404).*", "DAS014"),
    (r"/django/forms/|/django/core/paginator\.py|/django/views/generic/(list|edit|dates)\.py", "", "DAS015"),
    (r"/django/db/models/base\.py", "full_clean|clean_fields|validate_unique|validate_constraints", "DAS015"),
    (r"/django/db/models/base\.py", "__(str|repr)__", "DAS013"),
    (r"/django/contrib/contenttypes/", "", "DAS020"),
    (r"/django/contrib/auth/mixins\.py", "", "DAS010"),
    (r"/django/contrib/auth/middleware\.py|/django/contrib/sessions/|/channels/(auth|sessions)\.py", "", "DAS008"),
    (r"/django/contrib/auth/(?!base_user)", "", "DAS009"),
    (r"/django/dispatch/", "", "DAS017"),
    (r"/django/db/transaction\.py", "", "DAS011"),
    (r"/django/db/models/fields/related_descriptors\.py", "__get__", "DAS003"),
    (r"/django/db/models/query_utils\.py", "__get__", "DAS004"),
    (r"/django/db/models/query\.py", EVALUATES, "DAS002"),
    (r"/django/db/models/(query|base|manager)\.py|/django/shortcuts\.py", "", "DAS001"),
    (r"/django/db/(backends/|utils\.py)|/django/utils/(connection|asyncio)\.py", "", "DAS012"),
]
COMPILED = [(re.compile(path), re.compile(function or ".*"), code) for path, function, code in RULES]
CALLED_IN_WRAPPER = re.compile(r"(?:sync_to_async|to_thread)\(\s*[\w.]+\(")
LOOP, GRAPHQL = "/asyncio/events.py", "/graphql/execution/"
DEFAULT = "DAS001"


def shape_of(frames: Sequence[Frame], boundary: Frame | None) -> str:
    """Return the code of the shape that frames show, outermost first; `boundary` is the deepest async one of them."""
    start = next((n for n, frame in enumerate(frames) if frame is boundary), -1)
    if boundary and CALLED_IN_WRAPPER.search(boundary.source):
        return "DAS006"
    if not boundary and _is_callback(frames):
        return "DAS019"
    for frame in frames[start + 1 :]:
        if frame.in_project:
            if frame.function in ("__str__", "__repr__"):
                return "DAS013"
            continue
        for path, function, code in COMPILED:
            if path.search(frame.path) and function.fullmatch(frame.function):
                return code
    return DEFAULT


def _is_callback(frames: Sequence[Frame]) -> bool:
    """Tell whether an event loop, or a GraphQL executor, calls the outermost function of the project."""
    callers = [frame.path for frame in itertools.takewhile(lambda frame: not frame.in_project, frames)]
    return len(callers) < len(frames) and (any(GRAPHQL in path for path in callers) or LOOP in "".join(callers[-1:]))

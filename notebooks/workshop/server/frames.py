"""Where a piece of the program stands: files relative to its folder, calls as their author wrote them, errors.

Part of the server process, whose folder is that of the program.
"""

import ast
import functools
import inspect
import linecache
import re
import traceback
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

COMPREHENSIONS = re.compile(r"((^|\.)(<locals>\.)?<(list|set|dict)comp>)+$")


@functools.cache
def root() -> Path:
    """Return the program's folder: the one of this process when it is first asked."""
    return Path.cwd()


@functools.cache
def is_project_file(filename: str) -> bool:
    """Tell whether a file belongs to the program."""
    return Path(filename).is_relative_to(root())


def relative_name(filename: str) -> str:
    """Return a file's path from the program's folder, or from site-packages; never an absolute one."""
    path = Path(filename)
    if path.is_relative_to(root()):
        return path.relative_to(root()).as_posix()
    return path.as_posix().rpartition("site-packages/")[2].rpartition("/lib/")[2]


def describe_frame(frame: FrameType, line: int) -> dict[str, Any]:
    """Return what a reader needs of one frame."""
    code = frame.f_code
    return {
        "file": relative_name(code.co_filename),
        "line": line,
        "function": function_of(code),
        "source": linecache.getline(code.co_filename, line).strip(),
        "project": is_project_file(code.co_filename),
        "coroutine": bool(code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR)),
    }


def function_of(code: CodeType) -> str:
    """Return the name of a frame's function; a comprehension has a frame of its own in Python 3.11 alone."""
    return COMPREHENSIONS.sub("", code.co_qualname).rpartition(".")[2] or "<module>"


def describe_error(error: BaseException) -> dict[str, Any]:
    """Return an exception with its frames, outermost first."""
    frames = [describe_frame(frame, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename and is_project_file(error.filename):
        # A file that cannot be compiled has no frame.
        frames.append(
            {
                "file": relative_name(error.filename),
                "line": error.lineno,
                "function": "<module>",
                "source": (error.text or "").strip(),
                "project": True,
                "coroutine": False,
            }
        )
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    full = "".join(traceback.format_exception(error))
    return {"exception": type(error).__name__, "message": message, "frames": frames, "full": full}


def project_frames(frame: FrameType | None) -> list[FrameType]:
    """Return the program's own frames among a frame and its callers, innermost first."""
    frames = []
    while frame:
        if is_project_file(frame.f_code.co_filename):
            frames.append(frame)
        frame = frame.f_back
    return frames


def describe_call(frame: FrameType) -> str:
    """Return the call that a frame is in, arguments left out: `await Message.objects.aget(…)`. Of a block, its head."""
    head = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
    if head.startswith(("with ", "async with ")):  # Python 3.11 takes entering it for the statement, 3.13 for the call
        return head
    positions = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    first, last, left, right = (n or 0 for n in positions)
    lines = [line.encode() for line in linecache.getlines(frame.f_code.co_filename)[first - 1 : last]]
    lines[-1] = lines[-1][:right]  # columns count bytes; the end first, it may stand in the first line too
    lines[0] = lines[0][left:]
    try:
        node = ast.parse(b"(" + b"".join(lines) + b")", mode="eval").body
    except SyntaxError:  # the instruction belongs to a statement
        return linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
    return ast.unparse(WithoutArguments().visit(node))


class WithoutArguments(ast.NodeTransformer):
    """Replaces the arguments of each call by …, but keeps a function that is handed over by its name."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """Shorten one call and the calls in it."""
        self.generic_visit(node)
        if node.keywords or not all(isinstance(arg, ast.Name | ast.Attribute) for arg in node.args):
            node.args, node.keywords = [ast.Name("…")], []
        return node

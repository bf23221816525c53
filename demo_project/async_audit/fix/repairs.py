"""What is mechanical about a finding: an await and a twin, async for, select_related, a decorator and its import."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from async_audit.fix.awaits import awaiting, gives_coroutine, with_twin
from async_audit.fix.edits import Edit, Source
from async_audit.fix.helpers import with_decorator
from async_audit.fix.rows import with_async_for, with_relation
from async_audit.report import StaticFinding

ONCE = {"DAS003", "DAS007"}  # repaired at a query, or meant as it is; another code in a loop stands for several calls
HOPS = {f"DAS0{number}" for number in ("01", "02", "03", "04", "09", "11", "12", "13", "20")}  # a thread is the way out


def repair(source: Source, finding: StaticFinding, uses: Callable[[str], int]) -> list[Edit]:
    """Return the edits that repair a finding, none when that is not mechanical.

    `uses` counts how often a name occurs in the whole project.
    """
    nodes = source.at(finding.line, finding.col - 1)
    if finding.code not in ONCE:
        nodes = [node for node in nodes if not source.is_repeated(node)]
    if len(finding.chain) > 1:
        if finding.code not in HOPS:
            return []
        return _first(with_decorator(source, node, finding.chain[1].line, uses) for node in nodes)
    match finding.code:
        case "DAS001" | "DAS009":
            return _first(with_twin(source, node) for node in nodes)
        case "DAS002":
            return _first(with_async_for(source, node) for node in nodes)
        case "DAS003":
            return _first(with_relation(source, node) for node in nodes)
        case "DAS007":
            return _first(awaiting(source, node) or [] for node in nodes if gives_coroutine(node))
    return []


def _first(found: Iterable[list[Edit]]) -> list[Edit]:
    return next((edits for edits in found if edits), [])

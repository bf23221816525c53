"""What is advised where one function asks several times: a thread for all of it, and no await for each call."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from async_audit.report import StaticFinding

QUERIES = {"DAS001", "DAS002", "DAS009", "DAS012"}  # by itself, each has a twin or a hop of its own
TRANSACTION = "DAS011"  # says already that its whole block moves
OF_ONE_CALL = re.compile(r"; (await \w+\(\) instead|call it in \w+|call that in a thread, by sync_to_async)$")
TOGETHER = "; one of several queries here: move them to a thread together, in one function"
GUESS = 3  # the tier of findings that count for nothing here


def advised(findings: Collection[StaticFinding]) -> list[StaticFinding]:
    """Return findings in order, each with advice that is right for the whole of its function.

    Between two awaits others may change what the first query has read, a lock of the first is gone, and
    `select_for_update()` needs a transaction around it, which no await may stand in.
    """
    queries = Counter(
        _function(finding) for finding in findings if finding.tier < GUESS and finding.code in {*QUERIES, TRANSACTION}
    )
    return sorted(
        replace(finding, message=OF_ONE_CALL.sub("", finding.message) + TOGETHER)
        if finding.code in QUERIES and queries[_function(finding)] > 1
        else finding
        for finding in findings
    )


def _function(finding: StaticFinding) -> tuple[str, str]:
    return finding.path, finding.function

"""One watch over a program, from its start to the report of what somebody wants to hear of."""

from collections.abc import Callable, Hashable, Iterable
from pathlib import Path

from async_audit.baseline import compare, read_baseline, root_of, write_baseline
from async_audit.command import FORMATS
from async_audit.config import read_config
from async_audit.live.options import Options
from async_audit.live.recorder import Found, Recorder, gathered, key_of
from async_audit.noqa import is_silenced
from async_audit.outcome import Compared, Outcome
from async_audit.report import Report, StaticFinding
from async_audit.whole import write_whole


class Session:
    """Watches the loops of a project in a folder from `start` to `stop`."""

    def __init__(
        self, base: Path, options: Options | None = None, tell: Callable[[StaticFinding], None] | None = None
    ) -> None:
        """Take what is to be reported; `tell` is given each finding while it is new.

        Raises CannotLook when pyproject.toml, or a baseline, cannot be read.
        """
        self._base, self._options, self._tell = base.resolve(), options or Options(), tell
        self._config = read_config(self._base)
        self._baseline = Path(self._options.baseline) if self._options.baseline is not None else None
        self._known = read_baseline(self._baseline) if self._baseline else None
        self._recorder = Recorder(self._options.threshold, self._tell_new)
        self._size, self._told = 0, set[Hashable]()
        self._others: list[tuple[StaticFinding, int]] = []
        self.start, self.stop = self._recorder.start, self._recorder.stop

    def add(self, found: Iterable[tuple[StaticFinding, int]]) -> None:
        """Add what another process has found."""
        self._others += found

    def findings(self) -> Found:
        """Return what was found so far and neither pyproject.toml nor a comment silences."""
        found = gathered([*self._recorder.findings(self._base), *self._others])
        return {finding: times for finding, times in found.items() if self._is_wanted(finding)}

    def outcome(self) -> Outcome:
        """Return the findings that no baseline knows."""
        found = self.findings()
        if not self._baseline or self._known is None:
            return Outcome(self._base, Report(list(found), times=found))
        new, _not_met = compare(found, self._known, self._base, root_of(self._baseline))
        return Outcome(
            self._base, Report(new, times=found), compared=Compared("in the baseline", len(found) - len(new))
        )

    def report(self) -> tuple[str, int]:
        """Return what there is to print, once the report or the baseline is written, and the exit code.

        Raises CannotLook when a file cannot be written.
        """
        outcome, options = self.outcome(), self._options
        if options.write_baseline is not None:
            write_baseline(Path(options.write_baseline), self.findings(), self._base)
            return f"The baseline is in {options.write_baseline}: --baseline {options.write_baseline}", 0
        text = FORMATS[options.format](outcome)
        if options.output is not None:
            write_whole(Path(options.output), f"{text}\n".encode())
            text = f"The report is in {options.output}."
        return text, outcome.exit_code()

    def _tell_new(self) -> None:
        """Tell of what is new, in the watchdog's thread: no loop runs there, so the listener may ask the database."""
        if self._tell and self._recorder.size() > self._size:
            self._size = self._recorder.size()
            for finding, _times in self.outcome().findings():
                if key_of(finding) not in self._told:
                    self._told.add(key_of(finding))
                    self._tell(finding)

    def _is_wanted(self, finding: StaticFinding) -> bool:
        from async_audit.static.modules import is_excluded, is_test  # takes longer to import than a program to start

        return (
            self._config.reports(finding.code)
            and not is_excluded(finding.path, self._config.exclude)
            and (self._options.tests or not is_test(finding.path))
            and not is_silenced(finding, self._base, {})
        )

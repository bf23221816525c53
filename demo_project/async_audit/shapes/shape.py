"""What is said about one way to raise SynchronousOnlyOperation."""

import textwrap
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A way to ask the database on the event loop, and the way out; `lesson` is a notebook of the kit, or empty."""

    code: str
    name: str
    title: str
    why: str
    fix: str
    trap: str
    example_broken: str
    example_fixed: str
    lesson: str = ""

    @property
    def lesson_file(self) -> str:
        """Return the lesson's path in the kit, empty when no lesson teaches the shape."""
        return f"notebooks/{self.lesson}.ipynb" if self.lesson else ""

    def text(self) -> str:
        """Return the whole explanation, for a terminal."""
        parts = [
            f"{self.code} {self.name}: {self.title}",
            *(textwrap.fill(f"{head}: {said}", 100) for head, said in self._said()),
            f"Broken:\n{textwrap.indent(self.example_broken.strip(), '    ')}",
            f"Fixed:\n{textwrap.indent(self.example_fixed.strip(), '    ')}",
        ]
        return "\n\n".join([*parts, f"Lesson: {self.lesson_file}"] if self.lesson else parts)

    def markdown(self) -> str:
        """Return the whole explanation, for a page."""
        parts = [
            f"**{self.title}**",
            *(f"**{head}:** {said}" for head, said in self._said()),
            f"Broken:\n\n```python\n{self.example_broken.strip()}\n```",
            f"Fixed:\n\n```python\n{self.example_fixed.strip()}\n```",
        ]
        return "\n\n".join([*parts, f"Lesson: {self.lesson_file}"] if self.lesson else parts)

    def _said(self) -> list[tuple[str, str]]:
        return [("Why", self.why), ("Fix", self.fix), ("Trap", self.trap)]

"""What is said about one error beside SynchronousOnlyOperation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sibling:
    """What an error means: `says` is its text, `text` a pattern of it, `shape` its program in the gallery."""

    says: str
    text: str
    why: str
    fix: str
    trap: str
    lesson: str
    shape: str = ""

    @property
    def lesson_file(self) -> str:
        """The lesson's path in the kit."""
        return f"notebooks/{self.lesson}.ipynb"

"""A program beside the notebooks, run in a process of its own so that what it changes stays there."""

import sys

from .database import error_of, program_environ
from .errors import WorkshopError
from .process import finished
from .scratch import NOTEBOOKS
from .show import Source


class Script(Source):
    """Shows a file of notebooks/scripts/ and runs it: script = Script("nest_asyncio_limits.py")."""

    def __init__(self, name: str) -> None:
        """Read the file. Raises WorkshopError when there is none of that name."""
        self.path = NOTEBOOKS / "scripts" / name
        if not self.path.is_file():
            raise WorkshopError(f"There is no scripts/{name}.")
        super().__init__(f"scripts/{name}", self.path.read_text(encoding="utf-8"))

    async def run(self) -> None:
        """Print what the program prints: await script.run(). Raises WorkshopError when it fails."""
        exit_code, out, err = await finished(sys.executable, str(self.path), env=program_environ())
        print(out)
        if exit_code:
            raise WorkshopError(f"{self.name} failed: {error_of(err)}")

"""Files that are written whole or not at all."""

import os
import shutil
from pathlib import Path

from async_audit.errors import CannotLook


def write_whole(file: Path, content: bytes) -> None:
    """Put a file in place of another, with the same permissions; a link stays one. Raises CannotLook when it cannot."""
    file = Path(os.path.realpath(file))
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        try:
            draft.write_bytes(content)
            if file.exists():
                shutil.copymode(file, draft)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise CannotLook(
            f"{file} cannot be written: {error.strerror}. Name a file in a folder that exists and can be written to."
        ) from None

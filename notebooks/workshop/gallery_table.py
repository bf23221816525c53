"""The table of the gallery's shapes, in demo_project/gallery/README.md: python -m workshop.gallery_table."""

import re
from itertools import groupby

from .gallery import GALLERY, Program, gallery_files, pairs

README = GALLERY / "README.md"
HEAD = ("| shape | code | catalogue | fails with | beside broken and fixed | control | runs |", f"|{'---|' * 7}")
START, END = "<!-- shapes: make notebooks -->", "<!-- end of shapes -->"


def shape_table() -> str:
    """Return a heading and a table for each file, and a row for each shape of it."""
    parts = [f"{len(pairs())} shapes in {len(gallery_files())} files."]
    for path, some in groupby(pairs().items(), key=lambda item: item[0][0]):
        rows = [row(programs) for _pair, programs in some]
        about = (GALLERY / path).read_text(encoding="utf-8").removeprefix('"""').partition("\n")[0].removesuffix('"""')
        parts.append("\n".join([f"### [{path}]({path})\n\n{about}\n", *HEAD, *rows]))
    return "\n\n".join(parts)


def row(programs: tuple[Program, ...]) -> str:
    """Return the row of one shape."""
    broken = next(program for program in programs if program.kind == "broken")
    others = [told(program) for program in programs if program.kind != "broken"]
    runs = [broken.runner] * (broken.runner != "loop") + ["PostgreSQL"] * (broken.database == "postgresql")
    if not broken.is_run:
        runs = ["read only" if "/" in broken.path else "in another program"]
    cells = [
        broken.about,
        ", ".join(sorted(broken.codes)),
        ", ".join(map(str, broken.catalogue)),
        broken.raises or ("SynchronousOnlyOperation" if broken.is_run else ""),
        ", ".join(other for other in others if other),
        broken.differs,
        ", ".join(runs),
    ]
    return f"| {' | '.join(cell or '–' for cell in cells)} |"


def told(program: Program) -> str:
    """Return what stands beside the pair: another repair, one that is not enough, or one that costs something."""
    which = re.sub(rf"_?{program.about}", "", program.name, count=1).lower()
    costs = ", ".join(f"{name} {amount!r}" for name, amount in program.costs.items())
    return "" if which == "fixed" else f"{which} ({costs})" if costs else which


def with_table(readme: str) -> str:
    """Return the README's text with the table up to date. Raises ValueError when there is no place for it."""
    if START not in readme or END not in readme:
        raise ValueError(f"{README.name} of the gallery has no {START} … {END}")
    before, _, rest = readme.partition(START)
    return f"{before}{START}\n{shape_table()}\n{END}{rest.partition(END)[2]}"


def main() -> None:
    """Write it."""
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()

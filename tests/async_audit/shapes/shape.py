"""How a program of this folder says which shape it is."""


def shape(*codes):
    """Name the codes that are right for one program, where they are not its file's own."""

    def mark(function):
        function.codes = codes
        return function

    return mark

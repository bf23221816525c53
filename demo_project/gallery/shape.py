"""What a program of the gallery says of itself beyond its name; the kit reads it and does not run it."""


def shape(*codes):
    """Name the checker's codes that are right for one program, where they are not its file's own."""

    def mark(function):
        return function

    return mark


def costs(**measured):
    """Say what a trap_ program costs, and let the tests measure it; fixed_ has less of it, or gives something else.

    queries      statements that reach the database
    hops         times that a worker thread is asked
    blocks       calls in which the event loop stands still
    connections  connections that it leaves open, besides that of the thread that all share
    gives        what it returns, which is wrong
    prints       what it prints, which is wrong
    """
    return shape()

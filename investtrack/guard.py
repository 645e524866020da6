"""`python -m investtrack.guard COMMAND…`: run a command that ends when its caller ends.

`make test` runs pytest through it, so that neither Ctrl-C nor `kill -9` of make leaves tests, or
the servers that they started, behind. The exit status is the command's.
"""

import os
import signal
import sys

from investtrack.group import Group, Service
from investtrack.processes import watch_parent

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ending(BaseException):
    """Somebody asked us to end. Not an Exception: nothing on the way may swallow it."""


def raise_ending(number: int, _: object) -> None:
    for one in ENDING:
        signal.signal(one, signal.SIG_IGN)  # the ending itself is short, and must not be cut
    raise Ending(number)


def listen_for_the_end() -> None:
    """From now on, a signal or the end of our caller raises Ending in the main thread."""
    for one in ENDING:
        signal.signal(one, raise_ending)
    watch_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))


def main(command: list[str]) -> int:
    listen_for_the_end()
    # pytest reports what it has when it is interrupted.
    service = Service("command", command, stop=int(signal.SIGINT), restart=False)
    try:
        with Group([service]) as group:
            while True:
                for event in group.events():
                    if event.kind == "exited" and event.code is not None:
                        return event.code if event.code >= 0 else 128 - event.code
    except Ending as ending:
        return 128 + int(ending.args[0])
    except EOFError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

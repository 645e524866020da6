"""What can go wrong with a copy, each with the exit status of `manage.py mirror`."""


class Trouble(Exception):
    """A sentence for whoever reads the log; nothing was half done."""

    status = 1


class ServerTrouble(Trouble):
    """The server cannot be reached, refuses us, or is no InvestTrack."""

    status = 2


class CutOff(ServerTrouble):
    """An answer ended before its end mark."""


class Different(Trouble):
    """The copy does not equal the register."""

    status = 3


class PlaceTrouble(Trouble):
    """The database or folder of the copy cannot be used."""

    status = 4

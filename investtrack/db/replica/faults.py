"""What may go wrong with a replica, and whether somebody else would know better."""

import psycopg
from psycopg import errors

# Classes of SQLSTATE. 40: cancelled, since what it read was about to be replayed over; 42: a table
# or column that it has not got yet; 25: a page that wanted to write; 0A, 55: what no server can do
# that only follows, such as to read a table of which nothing stands in the log.
_FOR_THIS_REQUEST = ("40", "42", "25", "0A", "55")
CONFLICT = "conflict with recovery"


def is_away(fault: BaseException | None) -> bool:
    """Whether the replica cannot be asked at the moment, by anybody."""
    return isinstance(fault, psycopg.OperationalError | psycopg.InterfaceError) and not (
        isinstance(fault, errors.QueryCanceled) or _state(fault).startswith(_FOR_THIS_REQUEST)
    )


def knows_less(fault: BaseException | None) -> bool:
    """Whether the database itself may answer what the replica could not.

    Not what took too long: it would take as long there, and keep it from those who write.
    """
    if isinstance(fault, errors.QueryCanceled):
        return CONFLICT in str(fault)
    return is_away(fault) or _state(fault).startswith(_FOR_THIS_REQUEST)


def _state(fault: BaseException | None) -> str:
    return (isinstance(fault, psycopg.Error) and fault.sqlstate) or ""

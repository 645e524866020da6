"""How far a replica is behind, in words of the two servers only."""

import psycopg
import pytest
from psycopg import errors

from investtrack.db.replica import faults
from investtrack.db.replica.watch import Seen


def seen(position=100, *, idle=True, age=None):
    return Seen(read_only=True, position=position, idle=idle, age=age, head=7)


@pytest.mark.parametrize(
    ("primary", "of", "seconds"),
    [
        # All there is: a database where nothing has happened for an hour is not an hour ahead.
        (100, seen(age=3600.0), 0.0),
        (90, seen(age=3600.0), 0.0),
        # Its log does not come any more: all that came is replayed, and it is behind all the same.
        (200, seen(age=3600.0), 3600.0),
        (200, seen(idle=False, age=0.4), 0.4),
        (200, seen(idle=False), float("inf")),
        # The two clocks differ.
        (200, seen(idle=False, age=-0.2), 0.0),
        # The database is away: what the replica itself can know.
        (None, seen(age=3600.0), 0.0),
        (None, seen(idle=False, age=12.0), 12.0),
    ],
)
def test_how_far_a_replica_is_behind(primary, of, seconds):
    assert of.behind(primary) == seconds


@pytest.mark.parametrize(
    ("fault", "away", "knows_less"),
    [
        (None, False, False),
        (psycopg.OperationalError("connection refused"), True, True),
        (psycopg.InterfaceError("the connection is closed"), True, True),
        (errors.AdminShutdown("terminating connection"), True, True),
        (errors.TooManyConnections("too many clients"), True, True),
        (errors.SerializationFailure("due to conflict with recovery"), False, True),
        (errors.QueryCanceled("statement due to conflict with recovery"), False, True),
        (errors.QueryCanceled("statement due to statement timeout"), False, False),
        (errors.ReadOnlySqlTransaction("cannot execute UPDATE"), False, True),
        (errors.UndefinedTable("does not exist"), False, True),
        (errors.FeatureNotSupported("cannot access unlogged relations"), False, True),
        (errors.ObjectNotInPrerequisiteState("recovery is in progress"), False, True),
        (errors.LockNotAvailable("cannot acquire lock mode"), False, True),
        (errors.NumericValueOutOfRange("out of range"), False, False),
    ],
)
def test_which_faults_are_the_replica_s_own(fault, away, knows_less):
    assert (faults.is_away(fault), faults.knows_less(fault)) == (away, knows_less)

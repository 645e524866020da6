"""PostgreSQL for a machine that has none.

client   any process that needs the database: starts a keeper if none runs, and holds a shared
         file lock for as long as it lives
keeper   one small detached process per database: owns PostgreSQL, and stops it when nobody
         holds the lock any more
cluster  the data folder and the server process
binaries where PostgreSQL's programs are
"""


class EmbeddedError(Exception):
    """The embedded database cannot be had; the text is one sentence for a person."""

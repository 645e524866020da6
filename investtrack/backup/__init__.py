"""Backups of the database and of the files beside it, and the proof that they restore.

source   the server that is copied, and with which of PostgreSQL's programs
moment   a moment at which nothing is being written: its place in the log, and a view of it
shelf    the folder of backups: one at a time, whole or not at all, so many are kept
files    received files and those of releases, copied with their checksums
take     all of it: one backup
restore  a backup and the archived log become the data of a server, up to a time
scratch  a server of one's own for as long as a rehearsal lasts
drill    restored, started, compared with what the backup says of itself
told     what the last backup and the last drill came to, for pages and metrics
"""


class BackupError(Exception):
    """Why there is no backup, or none that restores; one sentence for a person."""

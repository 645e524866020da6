"""Changing the tables of a site that is being used (docs/migrations.md).

gently   what `manage.py migrate` does so that nobody queues behind it: short waits for locks, again
rules    what a new migration may not do, seen by its operations
squawk   the same, seen by its SQL
lint     both over all new migrations: `python -m investtrack.migrating.lint`
"""

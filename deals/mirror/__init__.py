"""A copy of the register that somebody else keeps, from the API alone.

Nothing here knows Django or the register's tables: it could run on a machine of its own.
"""

"""A PostgreSQL server that somebody else runs: `DATABASE_URL`."""

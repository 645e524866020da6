#!/bin/sh
# On the primary, harmless to repeat: a role that may only copy the database.
#   DATABASE_URL_FILE names the role that may make it, REPLICATION_PASSWORD_FILE the new one's password.
set -eu
psql -X -q -v ON_ERROR_STOP=1 -v password="$(cat "$REPLICATION_PASSWORD_FILE")" \
    "$(cat "$DATABASE_URL_FILE")" <<'SQL'
SELECT 'CREATE ROLE replicator LOGIN REPLICATION'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'replicator') \gexec
SET log_statement = 'none';
ALTER ROLE replicator PASSWORD :'password';
SQL

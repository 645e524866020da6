#!/bin/sh
# A replica: copies the primary where its folder is empty, and follows it from then on.
#   PRIMARY host:port   SLOT its name there   PGDATA the folder   CONFIG postgresql.conf
#   HBA pg_hba.conf     REPLICATION_PASSWORD_FILE                 any further options as arguments
set -eu
umask 077
host=${PRIMARY%:*} port=${PRIMARY#*:}
PGPASSWORD=$(cat "$REPLICATION_PASSWORD_FILE")
export PGPASSWORD
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    unfinished=$PGDATA.unfinished
    rm -rf "$unfinished"
    mkdir -p "$(dirname "$PGDATA")"
    as="host=$host port=$port user=replicator"
    # A slot that an earlier replica of this name had is used again.
    made="SELECT pg_create_physical_replication_slot('$SLOT', true)"
    psql -X -q "$as dbname=postgres" -c "$made" > /dev/null 2>&1 || true
    pg_basebackup --dbname="$as" --pgdata="$unfinished" --slot="$SLOT" --wal-method=stream \
        --checkpoint=fast --write-recovery-conf
    # Of a primary that was restored: a copy that ended there would be no replica.
    sed -i '/^recovery_target/d' "$unfinished/postgresql.auto.conf"
    # Whole or not at all.
    rm -rf "$PGDATA"
    mv "$unfinished" "$PGDATA"
fi
unset PGPASSWORD
exec postgres -D "$PGDATA" -c "config_file=$CONFIG" -c "hba_file=$HBA" "$@"

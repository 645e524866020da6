"""Guards in the database: what the ledger promises holds against plain SQL, too."""

from django.db import migrations

GUARDS = r"""
-- `manage.py purge` is the one breach; it says so in its own transaction.
CREATE FUNCTION deals_purging() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('investtrack.purge', true), '') = 'on'
$$;

CREATE FUNCTION deals_guard_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF deals_purging() THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'The ledger is only ever added to: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER deals_change_append_only AFTER UPDATE OR DELETE ON deals_change
    FOR EACH ROW EXECUTE FUNCTION deals_guard_append_only();

-- Entries are numbered under the lock of deals.models.ledger, so that seq is commit order.
CREATE FUNCTION deals_guard_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
            AND ((classid::bigint << 32) | objid::bigint) = 4281503117
    ) THEN
        RAISE EXCEPTION 'A ledger entry needs the ledger''s lock; use deals.models.ledger.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER deals_change_locked BEFORE INSERT ON deals_change
    FOR EACH STATEMENT EXECUTE FUNCTION deals_guard_locked();

CREATE FUNCTION deals_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    same deals_dealversion;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state NOT IN ('draft', 'submitted') THEN
            RAISE EXCEPTION 'A version begins as draft or submitted, not as %.', NEW.state
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF deals_purging() THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'published' THEN
            RAISE EXCEPTION 'A published version cannot be deleted; retract the deal.'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state = 'published' THEN
        same := NEW;
        same.superseded_seq := OLD.superseded_seq;
        IF same IS DISTINCT FROM OLD
           OR (OLD.superseded_seq IS NOT NULL AND NEW.superseded_seq IS DISTINCT FROM OLD.superseded_seq)
        THEN
            RAISE EXCEPTION 'Facts of a published version never change; publish a new version.'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF OLD.state = 'rejected' OR NOT (
        (OLD.state = 'draft' AND NEW.state IN ('draft', 'submitted'))
        OR (OLD.state = 'submitted' AND NEW.state IN ('submitted', 'draft', 'published', 'rejected'))
    ) THEN
        RAISE EXCEPTION 'A version cannot go from % to %.', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
-- A publication moves whole batches from submitted to published, which is always allowed; the
-- conditions keep the function from being called for each of their rows.
CREATE TRIGGER deals_version_guard_insert BEFORE INSERT ON deals_dealversion
    FOR EACH ROW WHEN (NEW.state NOT IN ('draft', 'submitted'))
    EXECUTE FUNCTION deals_guard_version();
CREATE TRIGGER deals_version_guard_update BEFORE UPDATE ON deals_dealversion
    FOR EACH ROW WHEN (NOT (OLD.state = 'submitted' AND NEW.state = 'published'))
    EXECUTE FUNCTION deals_guard_version();
CREATE TRIGGER deals_version_guard_delete BEFORE DELETE ON deals_dealversion
    FOR EACH ROW EXECUTE FUNCTION deals_guard_version();

-- Rule 19: no source, no publication. Whole batches are checked at once.
CREATE FUNCTION deals_guard_sources() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM now_rows n WHERE n.state = 'published'
          AND NOT EXISTS (SELECT 1 FROM deals_citation c WHERE c.version_id = n.id)
    ) THEN
        RAISE EXCEPTION 'A version without a source cannot be published.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER deals_version_sources AFTER UPDATE ON deals_dealversion
    REFERENCING NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION deals_guard_sources();

-- What hangs on a published version is as fixed as the version.
CREATE FUNCTION deals_guard_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT deals_purging() AND EXISTS (
        SELECT 1 FROM now_rows n JOIN deals_dealversion v ON v.id = n.version_id
        WHERE v.state = 'published'
    ) THEN
        RAISE EXCEPTION 'Nothing can be added to or changed on a published version (%).', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION deals_guard_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT deals_purging() AND EXISTS (
        SELECT 1 FROM old_rows o JOIN deals_dealversion v ON v.id = o.version_id
        WHERE v.state = 'published'
    ) THEN
        RAISE EXCEPTION 'Nothing can be taken from a published version (%).', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
"""

HANGING = "".join(
    f"""
CREATE TRIGGER {table}_added AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION deals_guard_added();
CREATE TRIGGER {table}_moved AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS now_rows FOR EACH STATEMENT EXECUTE FUNCTION deals_guard_added();
CREATE TRIGGER {table}_changed AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION deals_guard_removed();
CREATE TRIGGER {table}_removed AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION deals_guard_removed();
"""
    for table in ("deals_participation", "deals_citation")
)

# TRUNCATE passes row triggers by; only a test database says that it may be emptied.
TRUNCATE = """
CREATE FUNCTION deals_guard_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT deals_purging()
       AND coalesce(current_setting('investtrack.may_truncate', true), '') <> 'on' THEN
        RAISE EXCEPTION 'Published history cannot be truncated (%).', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION deals_guard_truncate();
"""
    for table in ("deals_change", "deals_dealversion", "deals_participation", "deals_citation")
)

IDENTITY = """
CREATE FUNCTION deals_guard_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.public_id IS DISTINCT FROM OLD.public_id THEN
        RAISE EXCEPTION 'A public id never changes.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deals_deal_identity BEFORE UPDATE ON deals_deal
    FOR EACH ROW EXECUTE FUNCTION deals_guard_identity();
CREATE TRIGGER deals_organization_identity BEFORE UPDATE ON deals_organization
    FOR EACH ROW EXECUTE FUNCTION deals_guard_identity();
"""

UNDO = """
DROP TRIGGER deals_deal_identity ON deals_deal;
DROP TRIGGER deals_organization_identity ON deals_organization;
DROP FUNCTION deals_guard_identity, deals_guard_truncate, deals_guard_removed, deals_guard_added,
    deals_guard_sources, deals_guard_version, deals_guard_locked, deals_guard_append_only CASCADE;
DROP FUNCTION deals_purging;
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS + HANGING + TRUNCATE + IDENTITY, UNDO)]

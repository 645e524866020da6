"""The linter of migrations finds each thing that would stop a site, and not the way round it."""

import pytest
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader

from investtrack.migrating import lint
from investtrack.migrating.rules import numbers

POSITIVE = models.CheckConstraint(condition=models.Q(id__gt=0), name="deal_positive")
INDEX = models.Index(fields=["state"], name="version_by_state")
TEXT = models.CharField(max_length=9, null=True)
NEW = ops.CreateModel("Thing", fields=[("id", models.BigAutoField(primary_key=True))])


@pytest.fixture(autouse=True)
def database(django_db_setup, django_db_blocker):
    """Read, never written, and outside of transactions, as by the linter itself."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def state():
    loader = MigrationLoader(None)
    made = loader.project_state(loader.graph.leaf_nodes("deals"))
    assert made.apps  # made once, and not for each copy
    return made


@pytest.fixture
def rules_broken(state):
    """`rules_broken(operation, …, attribute=…)`: the names of the rules that it breaks."""

    def check(*operations, **attributes) -> set[str]:
        body = {"operations": list(operations), **attributes}
        made = type("Migration", (migrations.Migration,), body)("9999_try", "deals")
        return {fault.rule for fault in lint.check(made, state)}

    return check


def test_the_migrations_that_are_there_keep_the_rules():
    loader = MigrationLoader(None)
    found = list(lint.faults(lint.new_migrations(loader), loader))
    assert not found, "\n".join(map(str, found))


def test_every_migration_that_is_let_off_is_there():
    named = {name for app, name in MigrationLoader(None).graph.nodes if app == "deals"}
    assert set(lint.BEFORE_THE_RULES) <= named


@pytest.mark.parametrize(
    ("operation", "rule"),
    [
        (ops.AddIndex("dealversion", INDEX), "index-concurrently"),
        (ops.AddField("deal", "note", models.CharField(max_length=9, default="")), "needed-column"),
        (ops.AddConstraint("deal", POSITIVE), "not-valid-first"),
        (ops.RemoveField("deal", "public_id"), "still-read"),
        (ops.DeleteModel("SampleCheck"), "still-read"),
        (ops.RenameField("deal", "public_id", "number"), "rename"),
        (ops.RenameModel("SampleCheck", "Look"), "rename"),
        (ops.RunSQL("UPDATE deals_deal SET id = id"), "no-way-back"),
        (ops.RunPython(lambda apps, editor: None), "no-way-back"),
        (ops.AlterField("deal", "public_id", models.TextField()), "changing-column-type"),
        (ops.RunSQL("CREATE INDEX i ON deals_deal (id)", ""), "require-concurrent-index-creation"),
    ],
)
def test_what_stops_a_site_or_the_program_of_before_is_found(rules_broken, operation, rule):
    assert rule in rules_broken(operation)


def test_a_generated_column_is_found_since_it_rewrites_the_table(rules_broken):
    column = models.GeneratedField(
        expression=models.F("id") + 1, output_field=models.BigIntegerField(), db_persist=True
    )
    assert "adding-field-with-default" in rules_broken(ops.AddField("deal", "more", column))


@pytest.mark.parametrize(
    "operation",
    [
        ops.AddField("deal", "note", TEXT),
        ops.AddField("deal", "note", models.CharField(max_length=9, db_default="")),
        AddConstraintNotValid("deal", POSITIVE),
        NEW,
    ],
)
def test_the_ways_round_are_free_of_faults(rules_broken, operation):
    assert rules_broken(operation) == set()


def test_an_index_that_is_made_concurrently_and_alone_is_free_of_faults(rules_broken):
    made = AddIndexConcurrently("dealversion", INDEX)
    assert rules_broken(made, atomic=False) == set()
    assert "one-concurrent" in rules_broken(made, made, atomic=False)
    assert "not-in-a-transaction" in rules_broken(made)


def test_a_table_made_in_the_same_migration_is_free_of_the_rules(rules_broken):
    index = models.Index(fields=["id"], name="thing_by_id")
    column = ops.AddField("thing", "needed", models.IntegerField(default=0))
    assert rules_broken(NEW, ops.AddIndex("thing", index), column) == set()


def test_two_tables_in_one_transaction_are_found(rules_broken):
    both = ops.AddField("deal", "note", TEXT), ops.AddField("feed", "note", TEXT)
    assert rules_broken(*both) == {"one-table"}


def test_a_constraint_is_validated_in_a_migration_of_its_own(rules_broken):
    made = AddConstraintNotValid("deal", POSITIVE), ValidateConstraint("deal", "deal_positive")
    assert "validate-later" in rules_broken(*made)


def test_rows_are_changed_in_a_migration_of_their_own(rules_broken):
    change = ops.RunPython(ops.RunPython.noop, ops.RunPython.noop)
    assert rules_broken(change) == set()
    assert rules_broken(change, ops.AddField("deal", "note", TEXT)) == {"data-alone"}


def test_a_column_goes_a_release_after_the_last_that_read_it(rules_broken, monkeypatch):
    monkeypatch.setattr(lint, "version", lambda: "0.10.0")
    gone = ops.RemoveField("deal", "public_id")
    assert "still-read" in rules_broken(gone, last_read_in="0.10.0")
    assert "still-read" not in rules_broken(gone, last_read_in="0.9.3")


def test_taking_a_column_out_of_the_model_alone_is_free_of_faults(rules_broken):
    gone = ops.RemoveField("deal", "public_id")
    assert rules_broken(ops.SeparateDatabaseAndState(state_operations=[gone])) == set()


def test_a_rule_is_waived_with_a_reason_and_not_for_nothing(rules_broken):
    made = ops.AddIndex("dealversion", INDEX)
    both = {"index-concurrently": "Few rows.", "require-concurrent-index-creation": "Few rows."}
    assert rules_broken(made, waived=both) == set()
    assert rules_broken(made, waived=dict.fromkeys(both, " ")) == set(both)
    assert rules_broken(NEW, waived={"rename": "No reason."}) == {"waived-for-nothing"}


def test_versions_are_compared_by_their_numbers():
    assert numbers("0.10.1") > numbers("0.9.9") > numbers("0.9")


def test_without_squawk_the_check_says_what_to_do(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(lint, "new_migrations", lambda loader: [loader.get_migration(*LAST)])
    monkeypatch.setattr("investtrack.migrating.squawk.PROGRAM", tmp_path / "nothing")
    assert lint.main() == 2
    assert "make install-dev" in capsys.readouterr().err


LAST = ("deals", lint.BEFORE_THE_RULES[-1])

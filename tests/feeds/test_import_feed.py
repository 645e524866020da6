"""`manage.py import_feed` and `review_import` keep what the command line was promised."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from deals.models import Change, Deal, DealVersion, ImportRun, Population
from tests.feeds.supplier import HEADER, PROFILE, on_disk

pytestmark = pytest.mark.django_db

ROWS = [
    "Acme,CN,2019-05,5,USD,Fund,DE",
    "Acme,CN,2019-05,5,USD,Bank,FR",
    "Acme,CN,2019-05,5,USD,Bank,France",
    "Beta,GB,2020-06-01,7,EUR,Tencent,CN",
    "Bad,Atlantis,2020-06-01,7,EUR,Tencent,CN",
    "Skip,CN,soon,,,,",
]
PROMISED = [
    "import_id", "file_sha256", "rows_read", "rows_skipped", "rows_duplicate", "rows_rejected",
    "deals_in_file", "deals_created", "deals_updated", "deals_unchanged", "deals_conflict",
    "deals_held", "participations", "errors", "errors_file",
]  # fmt: skip
SKIPPING = 'skip_when = { column = "month", in = ["soon"] }\n' + PROFILE


@pytest.fixture(autouse=True)
def own_var(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"


def run(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    call_command("import_feed", *args, "--json")
    return json.loads(capsys.readouterr().out)


def rows_in_database() -> dict[str, int]:
    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_app_config("deals").get_models()
    }


def test_the_json_object_has_the_promised_keys_and_both_balances(tmp_path, capsys) -> None:
    path, profile = on_disk(tmp_path, ROWS, SKIPPING)
    said = run(capsys, path, "--profile", profile, "--publish")
    assert list(said) == PROMISED
    counts = [said[name] for name in PROMISED[2:6]]
    assert counts == [6, 1, 1, 1]
    assert said["deals_in_file"] == said["deals_created"] == 2
    assert said["participations"] == 3
    (error,) = said["errors"]
    assert (error["row"], error["column"], error["value"]) == (6, "company_country", "Atlantis")
    assert error["code"] == "unknown_country"
    assert ImportRun.objects.get().pk == said["import_id"]
    assert DealVersion.objects.live().count() == 2


def test_the_errors_file_gives_the_rejected_rows_back_with_their_reasons(tmp_path, capsys) -> None:
    path, profile = on_disk(tmp_path, ROWS, SKIPPING)
    said = run(capsys, path, "--profile", profile)
    with open(said["errors_file"], encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["row"], row["company"]) == ("6", "Bad")
    assert "not a country" in row["reason"]


def test_the_errors_file_can_be_corrected_and_sent_again_with_the_same_profile(
    tmp_path, capsys
) -> None:
    top = 'encoding = "gb18030"\nskip_rows = 1\ndelimiter = ";"\nfill_down = ["company", "month"]\n'
    (tmp_path / "p.toml").write_text(top + PROFILE, encoding="utf-8")
    rows = ["商汤;CN;2019-05;5;USD;红杉;Atlantis", ";CN;;;USD;=cmd|'/c calc'!A0;Atlantis"]
    text = "\n".join(["导出", HEADER.replace(",", ";"), *rows])
    (tmp_path / "rounds.csv").write_text(text, encoding="gb18030")
    profile = str(tmp_path / "p.toml")
    said = run(capsys, str(tmp_path / "rounds.csv"), "--profile", profile)
    errors = Path(said["errors_file"]).read_text("gb18030")
    assert ";'=cmd|" in errors
    assert ";=" not in errors
    (tmp_path / "mended.csv").write_text(errors.replace("Atlantis", "DE"), encoding="gb18030")
    said = run(capsys, str(tmp_path / "mended.csv"), "--profile", profile)
    assert (said["rows_read"], said["rows_rejected"]) == (2, 0)
    (staged,) = ImportRun.objects.get(pk=said["import_id"]).staged.all()
    assert staged.facts["target_name"] == "商汤"
    assert staged.facts["investors"][1][:2] == ["=cmd|'/c calc'!A0", "DE"]


def test_at_most_fifty_errors_are_printed_and_all_are_kept(tmp_path, capsys) -> None:
    path, profile = on_disk(tmp_path, [f"Bad {n},Atlantis,2020,,,," for n in range(70)])
    said = run(capsys, path, "--profile", profile)
    assert (len(said["errors"]), said["rows_rejected"]) == (50, 70)
    assert ImportRun.objects.get().row_errors.count() == 70


def test_without_publish_it_waits_for_review_and_approval_publishes(tmp_path, capsys) -> None:
    path, profile = on_disk(tmp_path, ROWS[:2])
    said = run(capsys, path, "--profile", profile)
    assert not Deal.objects.exists()
    call_command("review_import")
    assert "rounds.csv: 1 new" in capsys.readouterr().out
    call_command("review_import", said["import_id"], "--approve", "--reason", "seen")
    assert set(Change.objects.values_list("reason", "by")) == {("seen", "system")}
    call_command("review_import")
    assert "No import waits" in capsys.readouterr().out.splitlines()[-1]


def test_a_rejected_import_publishes_nothing_and_needs_a_reason(tmp_path, capsys) -> None:
    path, profile = on_disk(tmp_path, ROWS[:2])
    said = run(capsys, path, "--profile", profile)
    with pytest.raises(CommandError, match="--reason"):
        call_command("review_import", said["import_id"], "--reject")
    call_command("review_import", said["import_id"], "--reject", "--reason", "wrong year")
    assert not Deal.objects.exists()
    with pytest.raises(CommandError, match="rejected"):
        call_command("review_import", said["import_id"], "--approve")
    with pytest.raises(CommandError, match="no import 999"):
        call_command("review_import", 999, "--approve")


def test_a_dry_run_writes_nothing_and_says_the_same(tmp_path, capsys, settings) -> None:
    path, profile = on_disk(tmp_path, ROWS, SKIPPING)
    before = rows_in_database()
    dry = run(capsys, path, "--profile", profile, "--dry-run")
    assert rows_in_database() == before
    assert not settings.VAR_DIR.exists()
    real = run(capsys, path, "--profile", profile)
    differing = {name for name in PROMISED if dry[name] != real[name]}
    assert differing == {"import_id", "errors_file"}
    assert dry["import_id"] is None


def test_the_same_file_again_creates_and_updates_nothing(tmp_path, capsys) -> None:
    path, profile = on_disk(tmp_path, ROWS, SKIPPING)
    run(capsys, path, "--profile", profile, "--publish")
    again = run(capsys, path, "--profile", profile, "--publish")
    assert (again["deals_created"], again["deals_updated"], again["deals_unchanged"]) == (0, 0, 2)


@pytest.mark.parametrize(
    ("content", "profile", "sentence"),
    [
        (b"", PROFILE, "is empty"),
        (b"<html><body>503</body></html>", PROFILE, "web page"),
        (b"PK\x03\x04", PROFILE, "ZIP archive"),
        (b"\x00\x01\x02\x03" * 99, PROFILE, "binary"),
        (b"just some words\nand more\n", PROFILE, "no column “company”"),
        (b"company,month\nA,2019\n", PROFILE, "no column “company_country”"),
        (
            b"company,company_country,month,raised_usd,ccy,investor,investor_country\n",
            PROFILE,
            "no rows",
        ),
        (b"a\n", 'encoding = "klingon"\n' + PROFILE, "“klingon” is not an encoding"),
        (b"a\n", "name = ", "not valid TOML"),
        (b"a\n", PROFILE.replace("rows", "rowz"), "no key “rowz”"),
    ],
)
def test_a_refused_file_exits_with_2_one_sentence_and_nothing_written(
    content: bytes, profile: str, sentence: str, tmp_path, capsys, settings
) -> None:
    (tmp_path / "file.csv").write_bytes(content)
    (tmp_path / "p.toml").write_text(profile)
    before = rows_in_database()
    with pytest.raises(SystemExit) as stop:
        call_command(
            "import_feed", tmp_path / "file.csv", "--profile", tmp_path / "p.toml", "--publish"
        )
    assert stop.value.code == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert rows_in_database() == before
    assert not settings.VAR_DIR.exists()


def test_missing_files_are_refused_the_same_way(tmp_path, capsys) -> None:
    path, profile = on_disk(tmp_path, ROWS)
    for args in ((f"{path}.gone", profile), (path, f"{profile}.gone")):
        with pytest.raises(SystemExit) as stop:
            call_command("import_feed", args[0], "--profile", args[1])
        assert stop.value.code == 2
        assert "cannot be read" in capsys.readouterr().err


def test_dry_run_and_publish_contradict_each_other(tmp_path) -> None:
    path, profile = on_disk(tmp_path, ROWS)
    with pytest.raises(CommandError, match="writes nothing"):
        call_command("import_feed", path, "--profile", profile, "--dry-run", "--publish")


def test_the_plain_report_is_for_people(tmp_path, capsys) -> None:
    path, profile = on_disk(tmp_path, ROWS, SKIPPING)
    call_command("import_feed", path, "--profile", profile)
    said = capsys.readouterr().out
    assert "6 read = 3 used + 1 skipped + 1 duplicate + 1 rejected" in said
    assert "review_import" in said
    assert "row 6, company_country" in said


def test_approving_what_contradicts_the_register_by_now_is_a_sentence(tmp_path, capsys) -> None:
    population = '\n[population]\ncode = "p"\ntitle = "P"\n'
    path, profile = on_disk(tmp_path, ROWS[:2], PROFILE + population)
    waiting = run(capsys, path, "--profile", profile)["import_id"]
    Population.objects.create(code="p", title="P", generated=True)
    with pytest.raises(CommandError, match="holds generated data"):
        call_command("review_import", waiting, "--approve")

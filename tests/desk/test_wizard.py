"""The import wizard, from a stranger's file to a started import."""

import gzip
import io
import re
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from deals.feeds.profile_toml import load_profile
from deals.models import Feed, ImportRun, Upload

pytestmark = pytest.mark.django_db

GERMAN = """Auswertung der Beteiligungen;;;;;
Stand: 31.03.2024;;;;;

Zielunternehmen;Land;Datum;Betrag (Mio. EUR);Runde;Investor
Müller Robotik;Deutschland;03.04.2021;12,5;Serie A;Hillhouse
Müller Robotik;Deutschland;03.04.2021;12,5;Serie A;Sequoia China
Weiß KI GmbH;Deutschland;17.05.2022;1.234,5;Frühphase Plus;Tencent
Grün Daten AG;Österreich;28.02.2023;k. A.;Serie B;Hillhouse
Straßen KI;Schweiz;05.06.2023;7,25;Frühphase Plus;Baidu
"""


@pytest.fixture
def rung(monkeypatch):
    """The runs for which a worker was rung."""
    heard = []
    monkeypatch.setattr("deals.tasks.ring", heard.append)
    return heard


@pytest.fixture
def editor(client):
    call_command("desk_user", "ada", role="editor", stdout=StringIO())
    user = User.objects.get(username="ada")
    client.force_login(user)
    return user


def bring(client, data=GERMAN, name="Beteiligungen 2024.csv", encoding="cp1252", **more):
    body = data.encode(encoding) if isinstance(data, str) else data
    response = client.post("/desk/imports/new/", {"file": SimpleUploadedFile(name, body), **more})
    return response, Upload.objects.order_by("-pk").first()


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def as_shown(response) -> dict[str, list[str]]:
    """What a browser would send of a page's main form, unchanged."""
    html = response.content.decode()
    html = next(form for form in html.split("<form")[1:] if 'name="rows"' in form
                or 'name="delivery"' in form).split("</form")[0]  # fmt: skip
    data: dict[str, list[str]] = {}

    def add(name, value):
        data.setdefault(name, []).append(unescape(value))

    for match in re.finditer(
        r"<(?P<tag>input|select|textarea)(?P<attributes>[^>]*)>(?P<rest>.*?)(?=<input|<select|<textarea|\Z)",
        html, re.DOTALL,
    ):  # fmt: skip
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', match["attributes"]))
        name = attributes.get("name")
        if not name or " disabled" in match["attributes"]:
            continue
        if match["tag"] == "select":
            options = match["rest"].split("</select>")[0]
            chosen = re.search(r'<option value="([^"]*)" selected', options)
            first = re.search(r'<option value="([^"]*)"', options)
            add(name, (chosen or first).group(1))
        elif match["tag"] == "textarea":
            add(name, match["rest"].split("</textarea>")[0])
        elif attributes.get("type") in ("checkbox", "radio"):
            if " checked" in match["attributes"]:
                add(name, attributes.get("value", "on"))
        else:
            add(name, attributes.get("value", ""))
    return data


def unescape(value: str) -> str:
    from html import unescape as plain

    return plain(value)


def columns(client, upload):
    return client.get(f"/desk/imports/files/{upload.pk}/columns/")


def mapped(client, upload, **changes):
    """Send the step “Columns” as proposed, with changes."""
    page = columns(client, upload)
    return client.post(f"/desk/imports/files/{upload.pk}/columns/", as_shown(page) | changes)


def checked(client, upload, **changes):
    path = f"/desk/imports/files/{upload.pk}/check/"
    return client.post(path, as_shown(client.get(path)) | {"action": "start"} | changes)


# --- reading --------------------------------------------------------------------------------


def test_a_strangers_file_is_read_without_a_word_of_help(client, editor):
    response, upload = bring(client)
    assert response["Location"] == f"/desk/imports/files/{upload.pk}/"
    page = text(client.get(response["Location"]))
    assert re.search(r"Found: Windows-125[02]", page)
    assert "Found: semicolon ;" in page
    assert "Found: comma: 1.234,56" in page
    assert "Zielunternehmen" in page
    assert "Müller Robotik" in page
    assert "3 lines before the header will be skipped" in page
    assert "4 Zielunternehmen;Land" in page


def test_a_correction_is_kept_and_shown_at_once(client, editor):
    _, upload = bring(client)
    path = f"/desk/imports/files/{upload.pk}/"
    page = client.post(path, {"encoding": "cp1251", "skip_rows": "3", "skip_found": "3"})
    assert "Мььler" not in text(page)
    assert "Mьller Robotik" in text(page)
    upload.refresh_from_db()
    assert upload.corrections == {"encoding": "cp1251"}
    assert '<option value="cp1251" selected>' in client.get(path).content.decode()


def test_only_the_part_that_changes_is_sent_to_htmx(client, editor):
    _, upload = bring(client)
    part = client.post(
        f"/desk/imports/files/{upload.pk}/", {"delimiter": ","}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in part
    assert 'id="delimiter"' in part


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"encoding": "utf-8"}, "encoding", "utf-8"),
        ({"other_encoding": "klingon"}, "encoding", "klingon"),
        ({"skip_rows": "many"}, "skip_rows", "“many” is no number of lines"),
        ({"skip_rows": "5000"}, "skip_rows", "ends before its header"),
        ({"other_delimiter": '"'}, "delimiter", "can be auto, tab or one character"),
    ],
)
def test_what_cannot_be_read_so_is_said_beside_the_field_with_the_raw_lines(
    client, editor, sent, field, sentence
):
    _, upload = bring(client)
    page = client.post(f"/desk/imports/files/{upload.pk}/", sent | {"action": "next"})
    html = page.content.decode()
    assert page.status_code == 200
    assert "<title>Error: " in html
    assert re.search(rf'<a href="#{field}">[^<]*{re.escape(sentence)}', html), html
    assert re.search(rf'id="{field}-error">.*?{re.escape(sentence)}', html)
    assert "Auswertung der Beteiligungen" in html


def test_control_characters_are_seen_and_markup_is_only_text(client, editor):
    rows = "Firma,Datum\n<script>alert(1)</script>\x07,2020\n\u202eevil,2021\n深度求索,2022\n"
    _, upload = bring(client, rows, encoding="utf-8")
    html = client.get(f"/desk/imports/files/{upload.pk}/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;␇" in html
    assert "⟨U+202E⟩evil" in html
    assert "深度求索" in html


# --- columns --------------------------------------------------------------------------------


def test_the_mapping_is_proposed_with_reasons(client, editor):
    _, upload = bring(client)
    page = columns(client, upload)
    sent = as_shown(page)
    facts = [sent[f"fact-{at}"][0] for at in range(6)]
    assert facts == [
        "target_name", "target_country", "announced_on", "amount", "round_type", "investor_name"
    ]  # fmt: skip
    assert sent["rows"] == ["participation"]
    assert sent["unit"] == ["1000000"]
    assert sent["constant-currency"] == ["EUR"]
    assert "k. A." in sent["unknown"][0]
    assert "please check" in text(page)


def test_a_mapping_that_is_sent_as_proposed_makes_a_profile(client, editor):
    _, upload = bring(client)
    response = mapped(client, upload)
    assert response["Location"] == f"/desk/imports/files/{upload.pk}/check/"
    upload.refresh_from_db()
    profile = load_profile(upload.profile)
    assert (profile.delimiter, profile.skip_rows, profile.decimal) == (";", 3, ",")
    assert profile.encoding == "cp1252"
    assert profile.columns["announced_on"] == "Datum"


def test_two_columns_for_one_fact_are_refused_at_the_column_and_nothing_is_kept(client, editor):
    _, upload = bring(client)
    page = mapped(client, upload, **{"fact-1": ["target_name"]})
    html = page.content.decode()
    assert "“Land” and “Zielunternehmen” are both “Target: name”" in text(page)
    assert 'href="#fact-1"' in html
    assert 'id="fact-1-error"' in html
    upload.refresh_from_db()
    assert upload.profile == ""


def test_the_profiles_own_refusal_stands_at_its_field(client, editor):
    _, upload = bring(client)
    page = mapped(client, upload, **{"constant-currency": ["Taler"]})
    assert 'id="constant-currency-error"' in page.content.decode()
    assert 'value="Taler"' in page.content.decode()


def test_reading_the_file_otherwise_voids_a_mapping_of_columns_that_are_no_more(client, editor):
    _, upload = bring(client)
    mapped(client, upload)
    client.post(f"/desk/imports/files/{upload.pk}/", {"decimal": "."})
    upload.refresh_from_db()
    assert upload.profile
    assert load_profile(upload.profile)
    client.post(f"/desk/imports/files/{upload.pk}/", {"delimiter": ","})
    upload.refresh_from_db()
    assert upload.profile == ""


# --- check ----------------------------------------------------------------------------------


def test_words_that_the_register_does_not_know_are_listed_with_their_rows(client, editor):
    _, upload = bring(client)
    mapped(client, upload)
    page = client.get(f"/desk/imports/files/{upload.pk}/check/")
    assert "Round: 1 word that the register does not know" in text(page)
    assert re.search(r"Frühphase Plus 2 ", text(page))
    assert "Sequoia China" in text(page)


def test_the_file_goes_to_the_worker_with_what_was_said_and_nothing_is_published(
    client, editor, rung, django_capture_on_commit_callbacks
):
    _, upload = bring(client)
    mapped(client, upload)
    path = f"/desk/imports/files/{upload.pk}/check/"
    sent = as_shown(client.get(path))
    sent["value-round_type-meaning"][0] = "seed"
    sent["investor-meaning"][sent["investor-word"].index("Tencent")] = "China"
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(path, sent | {"action": ["start"], "name": ["Müllers Liste"]})
    run = ImportRun.objects.get()
    assert response["Location"] == f"/desk/imports/{run.pk}/"
    assert (run.state, run.publish, run.channel) == ("queued", False, "desk")
    assert run.created_by == editor
    assert rung == [run.pk]
    profile = load_profile(run.profile)
    assert profile.name == "Müllers Liste"
    assert profile.values["round_type"][0][0].fullmatch("Frühphase Plus")
    assert profile.investors[0][1] == "China"
    upload.refresh_from_db()
    assert upload.import_run == run


def test_a_country_that_does_not_exist_is_refused_at_its_field(client, editor, rung):
    _, upload = bring(client)
    mapped(client, upload)
    path = f"/desk/imports/files/{upload.pk}/check/"
    sent = as_shown(client.get(path))
    at = sent["investor-word"].index("Baidu")
    sent["investor-meaning"][at] = "Wunderland"
    page = client.post(path, sent | {"action": ["start"]})
    assert f'id="investor-{at}-error"' in page.content.decode()
    assert "Wunderland" in page.content.decode()
    assert not ImportRun.objects.exists()


def test_a_new_feed_never_takes_the_name_of_another(client, editor, rung):
    feed = Feed.objects.create(code="dealroom", name="Dealroom", profile="")
    _, upload = bring(client)
    mapped(client, upload)
    page = checked(client, upload, name=["Dealroom"])
    assert "There is a feed of this name already, “Dealroom”" in text(page)
    assert not ImportRun.objects.exists()
    checked(client, upload, name=["Dealroom"], feed=[str(feed.pk)])
    assert ImportRun.objects.get().feed == feed


def test_a_name_without_latin_letters_still_makes_a_feed_of_its_own(client, editor, rung):
    _, upload = bring(client)
    mapped(client, upload)
    checked(client, upload, name=["投融资"])
    assert load_profile(ImportRun.objects.get().profile).code == f"feed-{upload.pk}"


def test_experts_write_the_profile_themselves(client, editor):
    _, upload = bring(client)
    mapped(client, upload)
    path = f"/desk/imports/files/{upload.pk}/check/"
    kept = Upload.objects.get().profile
    wrong = client.post(path, {"action": "toml", "toml": "name = 1"})
    assert 'id="toml-error"' in wrong.content.decode()
    assert ">name = 1</textarea>" in wrong.content.decode()
    assert Upload.objects.get().profile == kept
    own = kept + '\n[values.status]\n"zu" = "completed"\n'
    client.post(path, {"action": "toml", "toml": own.replace("\n", "\r\n")})
    assert Upload.objects.get().profile == own
    download = client.get(f"/desk/imports/files/{upload.pk}/profile.toml")
    assert load_profile(download.content.decode()).values["status"]
    assert "attachment" in download["Content-Disposition"]


def test_a_file_that_lacks_a_column_of_its_profile_is_not_sent_off(client, editor, rung):
    _, upload = bring(client)
    mapped(client, upload)
    kept = Upload.objects.get().profile.replace('"Datum"', '"Tag"')
    client.post(f"/desk/imports/files/{upload.pk}/check/", {"action": "toml", "toml": kept})
    page = client.get(f"/desk/imports/files/{upload.pk}/check/")
    assert "has no column “Tag”" in text(page)
    assert 'value="start"' not in page.content.decode()
    checked(client, upload)
    assert not ImportRun.objects.exists()


# --- known formats --------------------------------------------------------------------------


@pytest.fixture
def supplier(client, editor, rung):
    """A feed that a person has made with the wizard before."""
    _, upload = bring(client)
    mapped(client, upload)
    checked(client, upload, name=["Müllers Liste"])
    feed = ImportRun.objects.get().feed
    Feed.objects.filter(pk=feed.pk).update(profile=ImportRun.objects.get().profile)
    return feed


def test_the_next_file_of_a_supplier_goes_straight_to_the_check(client, supplier):
    response, upload = bring(client, format=f"feed:{supplier.pk}")
    assert response["Location"] == f"/desk/imports/files/{upload.pk}/check/"
    assert upload.feed == supplier
    page = client.get(response["Location"])
    assert 'value="Müllers Liste"' in page.content.decode()
    checked(client, upload)
    assert ImportRun.objects.filter(feed=supplier).count() == 2


def test_a_file_that_fits_a_known_format_is_offered_to_it_first(client, supplier):
    response, upload = bring(client)
    page = client.get(response["Location"])
    assert "Import it as “Müllers Liste”" in text(page)
    response = client.post(response["Location"], {"as": f"feed:{supplier.pk}"})
    assert response["Location"] == f"/desk/imports/files/{upload.pk}/check/"
    upload.refresh_from_db()
    assert upload.feed == supplier


# --- whose file -----------------------------------------------------------------------------


def test_somebody_elses_file_is_not_there_but_for_those_who_manage_feeds(client, editor):
    _, upload = bring(client)
    paths = [f"/desk/imports/files/{upload.pk}/{end}" for end in
             ("", "columns/", "check/", "profile.toml")]  # fmt: skip
    mapped(client, upload)
    for role, status in (("reviewer", 404), ("manager", 200)):
        call_command("desk_user", role, role=role, stdout=StringIO())
        client.force_login(User.objects.get(username=role))
        assert [client.get(path).status_code for path in paths] == [status] * 4
    client.force_login(User.objects.create_user("nobody"))
    assert [client.get(path).status_code for path in paths] == [403] * 4


def test_steps_that_need_an_earlier_one_lead_to_it(client, editor):
    _, upload = bring(client)
    check = client.get(f"/desk/imports/files/{upload.pk}/check/")
    assert check["Location"] == f"/desk/imports/files/{upload.pk}/columns/"
    client.post(f"/desk/imports/files/{upload.pk}/", {"encoding": "utf-8"})
    page = columns(client, upload)
    assert page["Location"] == f"/desk/imports/files/{upload.pk}/"


def test_a_file_that_is_no_longer_kept_says_so(client, editor, settings):
    _, upload = bring(client)
    for path in settings.IMPORTS_DIR.iterdir():
        path.unlink()
    page = client.get(f"/desk/imports/files/{upload.pk}/")
    assert "no longer there" in text(page)


def test_each_page_costs_a_fixed_number_of_queries(client, editor, django_assert_num_queries):
    _, upload = bring(client)
    mapped(client, upload)
    for end, number in (("", 7), ("columns/", 7), ("check/", 8)):
        with django_assert_num_queries(number):
            client.get(f"/desk/imports/files/{upload.pk}/{end}")


def test_a_packed_workbook_and_a_packed_table_go_the_same_way(client, editor):
    _, upload = bring(client, gzip.compress(GERMAN.encode("cp1252")), "liste.csv.gz")
    assert "Müller Robotik" in text(client.get(f"/desk/imports/files/{upload.pk}/"))
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Firma", "Datum"])
    book.active.append(["Weiß KI", "2022"])
    stream = io.BytesIO()
    book.save(stream)
    _, upload = bring(client, stream.getvalue(), "liste.xlsx")
    assert "Weiß KI" in text(client.get(f"/desk/imports/files/{upload.pk}/"))

"""Static files that pages name are there, and nothing in them asks another host."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "deals" / "static" / "deals"
NAMED = {
    name
    for template in (ROOT / "templates").rglob("*.html")
    for name in re.findall(r"{% static '([^']+)' %}", template.read_text())
}


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_static_file_that_a_template_names_is_found(name):
    assert finders.find(name)


def test_plotly_is_found_alone():
    assert finders.find("plotly/plotly.min.js")
    assert not finders.find("plotly/widgetbundle.js")


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.[jc]s*")), ids=lambda path: path.name)
def test_no_style_or_script_names_another_host_or_a_source_map(path):
    text = path.read_text()
    assert "://" not in text
    assert "sourceMappingURL" not in text


def test_every_font_that_the_styles_name_is_there_with_its_licence():
    text = (STATIC / "css" / "tokens.css").read_text()
    for name in re.findall(r'url\("\.\./fonts/([^"]+)"\)', text):
        assert (STATIC / "fonts" / name).is_file()
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts" / "OFL.txt").read_text()

"""Elements of drawings: whatever a text holds, the drawing can be read and nothing in it runs."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deals.svg.elements import linked, tag

ODD = (
    "\x00\x01\x1b", "A\ufffe\uffff", "<script>x</script>", "]]>", "</title>", "\"'><img onerror=x>"
)  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_stay_texts(text):
    drawn = linked("/deals/?q=%22", text, tag("text", text, x=1.25), look=text)
    root = ElementTree.fromstring(drawn)
    assert [node.tag for node in root.iter()] == ["a", "title", "text"]
    assert "<script" not in drawn
    assert "<img" not in drawn


@given(st.text())
def test_any_text_makes_a_drawing_that_can_be_read(text):
    assert ElementTree.fromstring(tag("g", tag("text", text), aria_label=text)).tag == "g"

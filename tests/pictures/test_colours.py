"""CSS values as literals, selectors, and whether labels can be read on every step of colour."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from deals.pictures import stylesheet
from deals.pictures.colours import NoLiteral, channels, literal

HUES = ("hue-eu-cn", "hue-cn-eu", "hue-neutral")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("var(--hue)", "#102030"),
        ("light-dark(#fff, #000)", "#fff"),
        ("color-mix(in srgb, #000000 25%, #ffffff)", "#bfbfbf"),
        ("color-mix(in srgb, var(--hue), white)", "#889098"),
        ("var(--none, light-dark(#123456, #000))", "#123456"),
        ("0.5rem", "8px"),
        ("1 4", "1 4"),
    ],
)
def test_functions_become_values(value, written):
    assert literal(value, {"--hue": "#102030"}) == written


@pytest.mark.parametrize(
    "value", ["var(--gone)", "color-mix(in oklch, #000, #fff)", "color-mix(in srgb, tomato, #fff)"]
)
def test_what_cannot_be_written_out_is_refused(value):
    with pytest.raises(NoLiteral):
        literal(value, {})


def test_nearer_and_more_exact_rules_win(monkeypatch):
    rules = stylesheet.parsed("""
        /* .bar { fill: #000000; } */
        .bar.young { fill: #222222; } .bar { fill: #111111; stroke: var(--edge); }
        .red { --edge: #ff0000; } g > .bar { stroke-width: 2; } a:hover .bar { fill: #333333; }
        @media print { .bar { fill: #444444; } }
    """)
    monkeypatch.setattr(stylesheet, "rules", lambda: sorted(rules, key=lambda rule: rule.weight))
    root = ElementTree.fromstring(
        '<svg><g class="red"><rect class="bar young"/><a><rect class="bar"/></a></g></svg>'
    )
    stylesheet.apply(root)
    young, plain = root.iter("rect")
    assert young.attrib == {"fill": "#222222", "stroke": "#ff0000", "stroke-width": "2"}
    assert plain.attrib == {"fill": "#111111", "stroke": "#ff0000"}


def brightness(colour):
    """Relative luminance of WCAG 2.2."""
    parts = [channel / 255 for channel in channels(colour)]
    lights = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(
        factor * light for factor, light in zip((0.2126, 0.7152, 0.0722), lights, strict=True)
    )


def contrast(one, other):
    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def variables(*classes, is_dark):
    """What custom properties are inside elements of these classes, in one of the themes."""
    found = {}
    for name in ("tokens", "charts"):
        text = (stylesheet.SHEETS / f"{name}.css").read_text()
        for rule in stylesheet.parsed(text):
            (only,) = rule.compounds[-1:]
            if len(rule.compounds) == 1 and (only.root or only.classes & set(classes)):
                found.update(pair for pair in rule.declarations if pair[0].startswith("--"))
    if is_dark:
        turned = {}
        for key, value in found.items():
            if value.startswith("light-dark("):
                light, dark = value.removeprefix("light-dark(").removesuffix(")").split(",")
                value = f"light-dark({dark.strip()}, {light.strip()})"
            turned[key] = value
        return turned
    return found


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("hue", HUES)
@pytest.mark.parametrize("step", range(6))
def test_labels_can_be_read_on_every_step_in_both_themes(hue, step, is_dark):
    found = variables(hue, f"seq-{step}", is_dark=is_dark)
    ground, label = (literal(found[name], found) for name in ("--step", "--on-step"))
    assert contrast(ground, label) >= 4.5


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("hue", HUES)
def test_every_step_can_be_told_from_the_next(hue, is_dark):
    grounds = []
    for step in range(6):
        found = variables(hue, f"seq-{step}", is_dark=is_dark)
        grounds.append(brightness(literal(found["--step"], found)))
    assert grounds == sorted(grounds, reverse=not is_dark)
    ratios = [(max(pair) + 0.05) / (min(pair) + 0.05) for pair in pairwise(grounds)]
    assert min(ratios) > 1.1

"""What is wrong with a page of HTML: its grammar, its names and references, its outline.

Every function takes the parsed page and yields a sentence for each thing that is wrong.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib

NAMES_OF_OTHERS = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LABELLED = ("input", "select", "textarea")
MACHINES = ("None", "nan", "NaN", "{{", "{%", "}}", "%(", "SimpleLazy", "Decimal(", " object at ")
FAR = re.compile(r"^(?:https?:)?//")


def problems(html: str, *, whole: bool = True) -> list[str]:
    """Everything that is wrong; a part of a page (`whole=False`) has no outline of its own."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(html) if whole else parser.parseFragment(html)
    for element in tags(root):
        # Pictures inside pages have names from another namespace.
        element.tag = element.tag.rpartition("}")[2]
    grammar = [f"{where}: {code} {more}" for where, code, more in parser.errors]
    checks = [identifiers, pictures, tables, fields, addresses, texts]
    checks += [outline] if whole else []
    return [*grammar, *(said for check in checks for said in check(root))]


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def tags(root: Element) -> Iterator[Element]:
    """Elements only; comments have no name."""
    return (element for element in root.iter() if isinstance(element.tag, str))


def identifiers(root: Element) -> Iterator[str]:
    ids = Counter(element.get("id") for element in tags(root) if element.get("id") is not None)
    yield from (f"id {name!r} stands {n} times" for name, n in ids.items() if n > 1 or not name)
    for element in tags(root):
        for attribute in NAMES_OF_OTHERS:
            for name in (element.get(attribute) or "").split():
                if name not in ids:
                    yield f"{element.tag} {attribute}={name!r} leads nowhere"
        href = element.get("href") or ""
        if href.startswith("#") and href[1:] not in ids:
            yield f"href {href!r} leads nowhere"


def pictures(root: Element) -> Iterator[str]:
    for element in tags(root):
        named = element.get("aria-label") or element.get("aria-labelledby")
        hidden = element.get("aria-hidden") == "true"
        if element.tag == "img" and element.get("alt") is None:
            yield "img without alt"
        if element.get("role") in ("img", "group", "region") and not named:
            yield f"{element.tag} role={element.get('role')} without a name"
        if element.tag == "svg" and not (named or hidden):
            yield "svg without a name"
        if (
            element.tag == "svg"
            and element.get("role") == "img"
            and element.find(".//a") is not None
        ):
            yield "links inside a picture with role=img are not there for screen readers"


def tables(root: Element) -> Iterator[str]:
    for table in root.iter("table"):
        caption = table.find("caption")
        if caption is None or not text(caption):
            yield f"table without a caption: {text(table)[:60]!r}"
            continue
        for head in table.iter("th"):
            if head.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                yield f"th without scope in {text(caption)!r}: {text(head)[:40]!r}"
        if not any(head.get("scope") == "col" for head in table.iter("th")):
            yield f"no heads of columns in {text(caption)!r}"


def fields(root: Element) -> Iterator[str]:
    labels = {label.get("for") for label in root.iter("label") if text(label)}
    inside = {id(each) for label in root.iter("label") if text(label) for each in label.iter()}
    for element in tags(root):
        if element.tag in LABELLED and element.get("type") not in ("hidden", "submit"):
            named = element.get("aria-label") or element.get("aria-labelledby")
            if not named and element.get("id") not in labels and id(element) not in inside:
                yield f"{element.tag} {element.get('name')!r} without a label"
        if element.tag in ("a", "button") and not (text(element) or element.get("aria-label")):
            yield f"{element.tag} without a text: {element.attrib}"
        if element.tag == "a" and not element.get("href"):
            yield f"a without href: {text(element)!r}"


def addresses(root: Element) -> Iterator[str]:
    """Nothing runs or is drawn that stands in the page itself or comes from elsewhere."""
    for element in tags(root):
        if element.tag == "style":
            yield "a style element"
        runs = element.tag == "script" and element.get("type") != "application/json"
        if runs and not element.get("src"):
            yield "a script inside the page"
        source = element.get("src") or (element.get("href") if element.tag == "link" else "") or ""
        if FAR.match(source) and element.get("rel") not in ("canonical", "alternate"):
            yield f"{element.tag} loads from elsewhere: {source}"
        for name in element.attrib:
            if str(name).lower().startswith("on"):
                yield f"{element.tag} has a handler {name}"
        if (element.get("href") or "").strip().lower().startswith(("javascript:", "data:")):
            yield f"href runs: {element.get('href')}"


def texts(root: Element) -> Iterator[str]:
    """What no page ever says: the words of a machine; in an example of code they have a meaning."""
    words = [each.text or "" for each in tags(root) if each.tag not in ("script", "code")]
    said = "".join(words) + "".join(each.tail or "" for each in root.iter())
    for word in (
        "None",
        "nan",
        "NaN",
        "{{",
        "{%",
        "}}",
        "%(",
        "SimpleLazy",
        "Decimal(",
        " object at ",
    ):
        if re.search(rf"(?<![\w“-]){re.escape(word)}(?!\w| [a-z])", said):
            at = said.index(word)
            yield f"{word!r} is printed: {said[max(at - 40, 0) : at + 40]!r}"


def outline(root: Element) -> Iterator[str]:
    html = root if root.tag == "html" else root.find("html")
    if html is None or not html.get("lang"):
        yield "no language"
    titles = [text(each) for each in root.iter("title")]
    if not titles or not titles[0]:
        yield "no title"
    mains = [each for each in tags(root) if each.tag == "main"]
    if len(mains) != 1:
        yield f"{len(mains)} main elements"
    levels = [int(each.tag[1]) for each in tags(root) if each.tag in HEADINGS]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} headings of the first level"
    for one, after in pairwise(levels):
        if after > one + 1:
            yield f"headings go from h{one} to h{after}"
    for each in tags(root):
        if each.tag in HEADINGS and not text(each):
            yield f"an empty {each.tag}"
    navs = Counter(
        each.get("aria-label") or each.get("aria-labelledby") for each in root.iter("nav")
    )
    if None in navs and sum(navs.values()) > 1:
        yield "several navigations, one without a name"

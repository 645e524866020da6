"""Names as people type them: without case, accents and marks, in pinyin, by initials, or from a
later word. What is stored is folded by the same rules as what is typed, so that both meet."""

import re
import unicodedata
from collections.abc import Iterator

from deals.feeds.nameparts import HAN, OTHER_EAST, SMALL_WORDS, parts, reading
from deals.models import SearchName
from deals.rules.names import LONGEST, normalise

Kind = SearchName.Kind
# A tail only has to be told from other tails.
TAIL_LENGTH = 60
MOST_TAILS = 30
ACRONYM = 3
# Letters that no decomposition takes apart.
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# How German and the Nordic languages write their letters without their marks.
WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
MARKED = re.compile("[äöüøå]")
UMLAUT_U = re.compile("[üǖǘǚǜ]")
NUMBERED_TONES = re.compile(r"(?:[a-zü]+[1-5] ?)+")
OTHER_THAN_WORDS = re.compile("[^0-9a-z]+")
NO_BREAKS = re.compile("[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff]")
LOSES_MARKS = ("LATIN", "GREEK")


def fold(text: str) -> str:
    """Words without case, accents and punctuation, with single spaces: "L'Oréal S.A." gives
    "l oreal s a". Marks stay where a script is not read without them, and signs where a name
    consists of nothing else."""
    small = _small(text).translate(LETTERS)
    return _words(small) or "".join(small.split())


def _small(text: str) -> str:
    seen = "".join(c for c in text if c.isascii() or unicodedata.category(c) not in ("Cf", "Cs"))
    return unicodedata.normalize("NFKC", seen).casefold()


def _words(text: str) -> str:
    if not text.isascii():
        plain = "".join(_without_marks(unicodedata.normalize("NFD", text)))
        text = unicodedata.normalize("NFC", plain)
    if text.isascii():
        return OTHER_THAN_WORDS.sub(" ", text).strip()
    return " ".join("".join(c if _counts(c) else " " for c in text).split())


def _without_marks(text: str) -> Iterator[str]:
    loses = False
    for char in text:
        if unicodedata.category(char) != "Mn":
            loses = unicodedata.name(char, "").startswith(LOSES_MARKS)
            yield char
        elif not loses:
            yield char


def _counts(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def written_out(text: str) -> str:
    """ "Müller" as "mueller"; "" where there is nothing to write out."""
    small = unicodedata.normalize("NFC", _small(text))
    return _words(small.translate(WRITTEN_OUT).translate(LETTERS)) if MARKED.search(small) else ""


def key_of(text: str) -> str:
    """The folded name without legal form and spaces: "Foo Bar Co., Ltd." gives "foobar"."""
    return fold(normalise(text)).replace(" ", "")


def typed_forms(text: str) -> list[str]:
    """What to look for when this was typed; a Chinese name's reading is not among them."""
    small = _small(text)
    full = fold(text)
    forms = [full, full.replace(" ", ""), key_of(text), written_out(text)]
    if UMLAUT_U.search(small):
        # Pinyin keyboards have the letter v for it.
        forms.append(_words(UMLAUT_U.sub("v", small)).replace(" ", ""))
    if NUMBERED_TONES.fullmatch(small.strip()):
        forms.append(fold(re.sub("[1-5 ]", "", small.replace("ü", "v"))))
    return _unlike(forms)


def read_forms(text: str) -> list[str]:
    """How Chinese characters that were typed are read, so that traditional and simplified ones
    meet, and a name that is known in letters only; nothing for other scripts."""
    return _unlike([reading(key_of(text))]) if is_chinese(text) else []


def is_chinese(text: str) -> bool:
    """Whether a text is read in pinyin."""
    return bool(HAN.search(text)) and not OTHER_EAST.search(text)


def _unlike(forms: list[str]) -> list[str]:
    return list(dict.fromkeys(form[:LONGEST] for form in forms if form))


def spellings_of(name: str) -> dict[str, str]:
    """Every spelling under which a name is found, with its kind; the strongest kind of each."""
    found: dict[str, str] = {}
    for text, kind in _all(name):
        if text := text[:LONGEST].strip():
            found.setdefault(text, kind)
    return found


def _all(name: str) -> Iterator[tuple[str, str]]:
    full, key = fold(name), key_of(name)
    for text in (full, key, written_out(name)):
        yield text, Kind.NAME
    for text in (full, written_out(name)):
        for tail in _tails(text, key):
            yield tail, Kind.TAIL
    if is_chinese(name):
        for text in _unlike([key, "".join(parts(name).core)]):
            if HAN.search(text):
                yield reading(text), Kind.PINYIN
                yield initials(text), Kind.INITIALS
    elif not NO_BREAKS.search(full) and len(short := initials(full, key)) >= ACRONYM:
        yield short, Kind.INITIALS


def initials(text: str, key: str = "") -> str:
    """First letters: of the syllables of Chinese characters, and of words, but for small ones;
    without the legal form where the key says what comes before it."""
    if HAN.search(text):
        return "".join(reading(c)[:1] if HAN.match(c) else c for c in text.replace(" ", ""))
    end = _end(text, key)
    words = [word for at, word in _placed(text) if at < end]
    return "".join(word[0] for word in words if word not in SMALL_WORDS)


def _placed(text: str) -> Iterator[tuple[int, str]]:
    """Words, each with its place in the text without spaces."""
    place = 0
    for word in text.split():
        yield place, word
        place += len(word)


def _end(full: str, key: str) -> int:
    """Where what the key keeps of a name ends, in the text without spaces."""
    squeezed = full.replace(" ", "")
    begin = squeezed.find(key) if key else -1
    return len(squeezed) if begin < 0 else begin + len(key)


def _tails(full: str, key: str) -> Iterator[str]:
    """The name from each later word, and from each later character where words have no breaks.

    A tail that has nothing but the legal form names nobody.
    """
    words, count, end = full.split(), 0, _end(full, key)
    for number, (place, word) in enumerate(_placed(full)):
        after = words[number + 1 :]
        if number and place < end:
            yield " ".join([word, *after])[:TAIL_LENGTH]
        for at in range(1, len(word) - 1):
            if NO_BREAKS.match(word[at]) and place + at < end - 1 and count < MOST_TAILS:
                count += 1
                yield " ".join([word[at:], *after])[:TAIL_LENGTH]

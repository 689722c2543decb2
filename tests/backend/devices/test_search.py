"""Finding a model by what people type."""

import pytest

from backend.devices import files
from backend.devices.names import display_name, slug_of, words
from backend.devices.search import Index, Named


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(
        Named(device.slug, (device.name, f"{device.brand} {device.model}", device.model, *device.aliases, *device.identifiers), device.year)
        for device in files.read().devices
    )


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("iphone 13", "apple-iphone-13"),
        ("iphone 13 mini", "apple-iphone-13-mini"),
        ("iphone13mini", "apple-iphone-13-mini"),
        ("13 mini", "apple-iphone-13-mini"),
        ("iphne 13", "apple-iphone-13"),
        ("ihpone 12 pro max", "apple-iphone-12-pro-max"),
        ("14 promax", "apple-iphone-14-pro-max"),
        ("iphone 14 plus", "apple-iphone-14-plus"),
        ("iphone 14+", "apple-iphone-14-plus"),
        ("I PHONE 14", "apple-iphone-14"),
        ("iphone se 3", "apple-iphone-se-3rd-generation"),
        ("s23u", "samsung-galaxy-s23-ultra"),
        ("s23 ultra", "samsung-galaxy-s23-ultra"),
        ("my samsung galaxy s23", "samsung-galaxy-s23"),
        ("samsng s23 ultr", "samsung-galaxy-s23-ultra"),
        ("s 23", "samsung-galaxy-s23"),
        ("s24+", "samsung-galaxy-s24-plus"),
        ("S21FE", "samsung-galaxy-s21-fe"),
        ("glaxy a54", "samsung-galaxy-a54"),
        ("pixel 7", "google-pixel-7"),
        ("pixel 7a", "google-pixel-7a"),
        ("pixle 8 pro", "google-pixel-8-pro"),
        ("one plus 11", "oneplus-11"),
        ("1+ 11", "oneplus-11"),
        ("mbp 14 m3", "apple-macbook-pro-14-m3"),
        ("macbok air m2", "apple-macbook-air-13-m2"),
        ("macbook air m1", "apple-macbook-air-13-m1"),
        ("dell xps 13", "dell-xps-13"),
        ("thinkpad x1", "lenovo-thinkpad-x1-carbon"),
        ("hp pavillion 15", "hp-pavilion-15"),
        ("switch lite", "nintendo-switch-lite"),
        ("ps5 slim", "sony-playstation-5-slim"),
        ("fold 5", "samsung-galaxy-z-fold5"),
        ("apple watch 7", "apple-watch-series-7"),
        ("galaxy tab s8 plus", "samsung-galaxy-tab-s8-plus"),
        ("ipad mini 6", "apple-ipad-mini-6th-generation"),
        ("elitebok 840", "hp-elitebook-840"),
        ("HEG-001", "nintendo-switch-oled"),
        ("A2568", "apple-ipad-mini-6th-generation"),
        ("A2337", "apple-macbook-air-13-m1"),
        ("SM-S918B/DS", "samsung-galaxy-s23-ultra"),
        ("sm-s911", "samsung-galaxy-s23"),
        ("GVU6C", "google-pixel-7"),
    ],
)
def test_the_first_find_is_what_was_meant(index: Index, typed: str, slug: str) -> None:
    assert index.search(typed)[0].key == slug


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("iph", "apple-iphone"),
        ("iphone 1", "apple-iphone"),
        ("macb", "apple-macbook"),
        ("thinkp", "lenovo-think"),
        ("hp pavillion", "hp-pavilion"),
        ("playst", "sony-playstation"),
        ("galaxy wat", "samsung-galaxy-watch"),
    ],
)
def test_unfinished_words_find_the_family(index: Index, typed: str, start: str) -> None:
    found = index.search(typed, 5)
    assert found and all(hit.key.startswith(start) for hit in found)


def test_every_model_is_found_by_each_of_its_own_names(index: Index) -> None:
    for device in files.read().devices:
        for name in (device.name, *device.aliases, *device.identifiers):
            assert device.slug in [hit.key for hit in index.search(name, 3)], name


@pytest.mark.parametrize("typed", ["", "   ", "zzzz qqqq", "🙂🙂🙂", "/" * 5000, "my phone"])
def test_nonsense_finds_nothing(index: Index, typed: str) -> None:
    assert index.search(typed) == []


def test_numbers_are_not_typos_of_each_other(index: Index) -> None:
    scores = {hit.key: hit.score for hit in index.search("iphone 12", 20)}
    assert scores["apple-iphone-12"] > scores.get("apple-iphone-13", 0) + 20


def test_newer_models_come_first_among_equals() -> None:
    known = Index([Named("old", ("Galaxy Book",), 2020), Named("new", ("Galaxy Book",), 2024), Named("other", ("Pixel 7",), 2025)])
    assert [hit.key for hit in known.search("galaxy book")] == ["new", "old"]


def test_names() -> None:
    assert slug_of("Samsung", "Galaxy S23+") == "samsung-galaxy-s23-plus"
    assert slug_of("OnePlus", "OnePlus 11") == "oneplus-11"
    assert display_name("Apple", "iPhone 13") == "iPhone 13" and display_name("Google", "Pixel 7") == "Google Pixel 7"
    assert words("iphone13mini s23u mbp14 SM-S918B 7a") == ("iphone", "13", "mini", "s23u", "mbp", "14", "sm", "s918b", "7a")

"""Devices are linked to the catalogue of the files: nicknames and codes find one, a family asks which, other words find none."""

from typing import Any

import pytest

from models.text import catalogue, variants
from models.text.devices import Devices, Found
from models.text.encoder import Encoder


@pytest.fixture(scope="module")
def devices() -> Devices:
    return Devices(catalogue.from_files(), Encoder().knows)


def named(device: dict[str, Any] | None) -> str | None:
    return device["name"] if device else None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("switch lite wont charge", "Nintendo Switch Lite"),
        ("swich oled sceen", "Nintendo Switch OLED"),
        ("nintendo switch", "Nintendo Switch"),
        ("xbox series x disc drive", "Microsoft Xbox Series X"),
        ("series s keeps dying", "Microsoft Xbox Series S"),
        ("xbox one s", "Microsoft Xbox One S"),
        ("ps5 slim", "Sony PlayStation 5 Slim"),
        ("play station 4 pro", "Sony PlayStation 4 Pro"),
        ("ps5 controller drifts", "Sony DualSense Controller"),
        ("joy con drift", "Nintendo Joy-Con"),
        ("switch joycon comes loose", "Nintendo Joy-Con"),
        ("steam deck", "Valve Steam Deck"),
        ("watch series 7", "Apple Watch Series 7"),
        ("apple watch se second generation", "Apple Watch SE (2nd generation)"),
        ("galaxy watch 6 classic", "Samsung Galaxy Watch6 Classic"),
        ("fitbit charge 5", "Fitbit Charge 5"),
        ("9th gen ipad", "iPad (9th generation)"),
        ("ipad air 5", "iPad Air (5th generation)"),
        ("ipad pro 12.9 2018", "iPad Pro 12.9 (3rd generation)"),
        ("tab s8", "Samsung Galaxy Tab S8"),
        ("s8", "Samsung Galaxy S8"),
        ("fold 5", "Samsung Galaxy Z Fold5"),
        ("z flip5", "Samsung Galaxy Z Flip5"),
        ("note 20 ultra", "Samsung Galaxy Note20 Ultra"),
        ("nokia g22", "Nokia G22"),
        ("moto g22", "Motorola Moto G22"),
        ("xiaomi 13", "Xiaomi 13"),
        ("13 pro", "iPhone 13 Pro"),
        ("xperia 1 v", "Sony Xperia 1 V"),
        ("xperia 1", "Sony Xperia 1"),
        ("surface pro model 1866", "Microsoft Surface Pro 7"),
        ("elitebook 840 g7", "HP EliteBook 840"),
        ("thinkpad t14 gen 2", "Lenovo ThinkPad T14"),
        ("mac mini m2", "Mac mini M2"),
        ("macbook pro 16 m1 max", "MacBook Pro 16 M1 Pro"),
        ("SM-S918B/DS", "Samsung Galaxy S23 Ultra"),
        ("it says HEG-001 underneath", "Nintendo Switch OLED"),
        ("HQ: my original iphone 13", "iPhone 13"),
        ("microsoft says there is a virus on my dell inspiron 15", "Dell Inspiron 15"),
        ("iphone 13 in 12 days", "iPhone 13"),
        ("price 4 s23u screen", "Samsung Galaxy S23 Ultra"),
    ],
)
def test_one_model_is_meant(devices: Devices, text: str, name: str) -> None:
    assert named(devices.find(text).device) == name


@pytest.mark.parametrize(
    ("text", "least", "start"),
    [
        ("my iphone", 30, "iPhone"),
        ("ipad", 20, "iPad"),
        ("ipad air", 5, "iPad Air"),
        ("galaxy tab", 15, "Samsung Galaxy Tab"),
        ("my samsung tablet", 15, "Samsung Galaxy Tab"),
        ("my macbook", 20, "MacBook"),
        ("macbook air", 5, "MacBook Air"),
        ("macbook pro m1 pro", 2, "MacBook Pro 1"),
        ("apple watch", 8, "Apple Watch"),
        ("apple watch se", 2, "Apple Watch SE"),
        ("apple watch ultra", 2, "Apple Watch Ultra"),
        ("pixel watch", 3, "Google Pixel Watch"),
        ("xbox", 6, "Microsoft Xbox"),
        ("an xbox one", 3, "Microsoft Xbox One"),
        ("my switch won't turn on", 3, "Nintendo Switch"),
        ("my surface is dead", 10, "Microsoft Surface"),
        ("z flip", 5, "Samsung Galaxy Z Flip"),
        ("iphone se", 3, "iPhone SE"),
        ("envy x360", 2, "HP Envy x360"),
        ("dell laptop", 10, "Dell"),
        ("hp laptop hinge", 15, "HP"),
        ("my nephew's xbox", 6, "Microsoft Xbox"),
        ("fire hd 8", 3, "Amazon Fire HD 8"),
        ("A2338", 2, "MacBook Pro 13 M"),
        ("g22", 2, ""),
        ("the m2 one", 4, ""),
    ],
)
def test_a_family_or_a_maker_asks_which(devices: Devices, text: str, least: int, start: str) -> None:
    found = devices.find(text)
    assert found.device is None and len(found.candidates) >= least
    assert all(device["name"].startswith(start) for device in found.candidates)


@pytest.mark.parametrize(
    "text", ["iphone 4", "iphone 15 ultra", "galaxy s26", "honor 90", "nothing phone 2", "oneplus 99", "doogee s98", "tecno spark 20"]
)
def test_what_the_shop_does_not_know_is_said_so(devices: Devices, text: str) -> None:
    found = devices.find(text)
    assert found.device is None and found.unknown and found.unknown in text


@pytest.mark.parametrize(
    "text",
    [
        "it won't switch on",
        "the power switch is broken",
        "my switch button is stuck",
        "the surface is scratched",
        "wont charge 4 days now",
        "i want all in one go",
        "a new one please",
        "google account locked",
        "any joy with my phone",
        "it told me to ring microsoft",
        "do you use apple's own parts",
        "my postcode is S10 2TN",
        "it came with a charge cable",
        "at 13 today",
        "is 12 ok",
        "one more thing",
        "dead pixels",
        "i watch films on it",
    ],
)
def test_everyday_words_are_no_devices(devices: Devices, text: str) -> None:
    assert devices.find(text) == Found(spans=devices.find(text).spans)


@pytest.mark.parametrize(
    ("text", "name", "facts"),
    [
        ("iphone 13 256gb", "iPhone 13", {"storage": "256 GB"}),
        ("blue iphone 13 128 gb", "iPhone 13", {"storage": "128 GB", "colour": "Blue"}),
        ("iphone 13 with green lines on it", "iPhone 13", {}),
        ("iphone 13 999gb", "iPhone 13", {}),
        ("13 inch macbook air m2 512 gb 16gb ram", "MacBook Air 13 M2", {"storage": "512 GB", "memory": "16 GB", "chip": "M2"}),
        ("macbook pro 16gb 14 inch m1", "MacBook Pro 14 M1 Pro", {"memory": "16 GB"}),
        ("macbook pro 14 m1 max", "MacBook Pro 14 M1 Pro", {"chip": "M1 Max"}),
        ("watch series 7 45mm midnight", "Apple Watch Series 7", {"size": "45 mm", "colour": "Midnight"}),
        ("surface laptop 4 15 inch amd", "Microsoft Surface Laptop 4", {"size": "15 inch", "processor": "AMD"}),
        ("elitebook 840 g7", "HP EliteBook 840", {"generation": "G7"}),
        ("galaxy s20 5g", "Samsung Galaxy S20", {"connection": "5G"}),
        ("galaxy s24 ultra, titanium grey, 1tb", "Samsung Galaxy S24 Ultra", {"colour": "Titanium Grey", "storage": "1 TB"}),
    ],
)
def test_words_for_a_variant_are_facts_and_break_nothing(devices: Devices, text: str, name: str, facts: dict[str, str]) -> None:
    found = devices.find(text)
    assert named(found.device) == name and found.device
    assert variants.find(text, found.device, found.spans) == facts


def test_every_model_is_linked_by_its_own_names_and_never_by_anothers(devices: Devices) -> None:
    wrong = []
    for device in devices.devices:
        for name in (device["name"], f"{device['brand']} {device['model']}", *device["aliases"]):
            found = devices.find(name)
            if found.device is None or found.device["slug"] != device["slug"]:
                wrong.append((name, named(found.device), [one["name"] for one in found.candidates][:4]))
    assert wrong == []


def test_every_printed_code_finds_its_model_or_asks_between_those_that_share_it(devices: Devices) -> None:
    for device in devices.devices:
        for code in device["identifiers"]:
            if not code.isdigit():
                found = devices.find(f"it says {code} on the back")
                assert found.device in (device, None), code
                assert found.device or device in found.candidates, code


@pytest.mark.parametrize("text", ["", "   ", "/" * 5_000, "iphone " * 500, "s" * 10_000, "13 " * 3_000, "🎮" * 800])
def test_nonsense_of_any_length_does_no_harm(devices: Devices, text: str) -> None:
    assert devices.find(text).device is None

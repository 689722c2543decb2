"""The data files say what they must."""

import pytest
from pydantic import ValidationError

from backend.devices import files
from backend.devices.files import CatalogueFiles

MAKERS = {
    "phone": {"Apple", "Samsung", "Google", "OnePlus", "Xiaomi", "Huawei", "Sony", "Nokia", "Motorola"},
    "tablet": {"Apple", "Samsung", "Microsoft", "Lenovo", "Amazon"},
    "laptop": {"Apple", "Dell", "HP", "Lenovo", "Asus", "Acer", "Microsoft"},
    "desktop": {"Apple", "Dell", "HP", "Lenovo"},
    "console": {"Sony", "Microsoft", "Nintendo", "Valve"},
    "watch": {"Apple", "Samsung", "Google", "Garmin", "Fitbit"},
}


def test_every_kind_and_maker_the_shop_serves_is_there() -> None:
    read = files.read()
    assert len(read.devices) >= 280 and len({device.slug for device in read.devices}) == len(read.devices)
    for category, makers in MAKERS.items():
        assert makers <= {device.brand for device in read.devices if device.category == category}, category


def test_most_models_say_what_is_printed_on_them_what_they_come_as_and_what_a_repair_depends_on() -> None:
    devices = files.read().devices
    for part in ("aliases", "identifiers", "variants", "specs"):
        assert sum(bool(getattr(device, part) and getattr(device, part) != files.Specs()) for device in devices) > len(devices) * 0.7, part


def test_no_nickname_belongs_to_two_models() -> None:
    owners: dict[str, str] = {}
    for device in files.read().devices:
        for name in device.aliases:
            assert owners.setdefault(name.casefold(), device.slug) == device.slug, name


def test_every_fault_code_of_the_design_is_there() -> None:
    codes = {fault.code for fault in files.read().faults}
    assert {"screen_cracked", "no_power", "ports_hdmi", "account_locked", "battery_swollen"} <= codes and len(codes) == 35


def test_a_feature_nothing_needs_is_a_slip_of_the_pen() -> None:
    read = files.read()
    odd = read.devices[0].model_copy(update={"without": ("disk_drive",)})
    with pytest.raises(ValidationError, match="nothing needs"):
        CatalogueFiles(devices=(odd,), faults=read.faults, services=read.services, priors=read.priors, digest="x")


def test_every_fault_a_model_can_have_can_be_mended() -> None:
    read = files.read()
    bare = next(device for device in read.devices if device.category == "console").model_copy(update={"without": ("battery", "digitizer")})
    with pytest.raises(ValidationError):
        CatalogueFiles(devices=(bare,), faults=read.faults, services=read.services, priors=read.priors, digest="x")


def test_shares_that_do_not_add_up_are_refused() -> None:
    read = files.read()
    priors = {category: {fault: dict(shares) for fault, shares in rows.items()} for category, rows in read.priors.items()}
    priors["phone"]["screen_cracked"]["screen"] += 1
    with pytest.raises(ValidationError, match="add up"):
        CatalogueFiles(devices=read.devices, faults=read.faults, services=read.services, priors=priors, digest="x")

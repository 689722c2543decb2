"""The data files say what they must."""

import pytest
from pydantic import ValidationError

from backend.devices import files
from backend.devices.files import CatalogueFiles


def test_every_model_has_a_year_names_and_what_is_printed_on_it() -> None:
    read = files.read()
    assert len(read.devices) >= 50
    assert all(device.aliases and device.identifiers and device.variants for device in read.devices)
    assert len({device.slug for device in read.devices}) == len(read.devices)


def test_no_name_belongs_to_two_models() -> None:
    owners: dict[str, str] = {}
    for device in files.read().devices:
        for name in (*device.aliases, *device.identifiers):
            assert owners.setdefault(name.casefold(), device.slug) == device.slug, name


def test_every_fault_code_of_the_design_is_there() -> None:
    codes = {fault.code for fault in files.read().faults}
    assert {"screen_cracked", "no_power", "ports_hdmi", "account_locked", "battery_swollen"} <= codes and len(codes) == 35


def test_shares_that_do_not_add_up_are_refused() -> None:
    read = files.read()
    priors = {category: {fault: dict(shares) for fault, shares in rows.items()} for category, rows in read.priors.items()}
    priors["phone"]["screen_cracked"]["screen"] += 1
    with pytest.raises(ValidationError, match="add up"):
        CatalogueFiles(devices=read.devices, faults=read.faults, services=read.services, priors=priors, digest="x")

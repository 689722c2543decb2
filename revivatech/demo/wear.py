"""What breaks: which models people bring, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from backend.devices.catalogue import Catalogue, Device
from revivatech.demo.dice import Dice

#: How many of a hundred devices are of each kind; which makers people have; how many years old what breaks is.
KINDS = {"phone": 62.0, "laptop": 15.0, "tablet": 9.0, "console": 8.0, "watch": 3.0, "desktop": 3.0}
MAKERS: Mapping[str, Mapping[str, float]] = {
    "phone": {"Apple": 47, "Samsung": 30, "Google": 7, "Xiaomi": 4, "OnePlus": 3, "Huawei": 3, "Motorola": 3, "Sony": 2, "Nokia": 1},
    "laptop": {"Apple": 30, "HP": 19, "Dell": 17, "Lenovo": 16, "Asus": 8, "Acer": 6, "Microsoft": 4},
    "tablet": {"Apple": 66, "Samsung": 20, "Amazon": 6, "Lenovo": 4, "Microsoft": 4},
    "console": {"Sony": 40, "Nintendo": 32, "Microsoft": 22},
}
AGES = (2.5, 7.0, 10.0, 11.0, 9.0, 7.0, 5.0, 3.0, 2.0, 1.2, 0.8, 0.5)
OLD = 0.2
#: Faults people bring most; what is not named counts a little.
FAULTS: Mapping[str, Mapping[str, float]] = {
    "phone": {
        "screen_cracked": 36,
        "battery_drains": 19,
        "not_charging": 11,
        "back_glass": 6,
        "water_damage": 5,
        "no_power": 4,
        "rear_camera": 3,
    },
    "tablet": {"screen_cracked": 40, "battery_drains": 14, "not_charging": 15, "no_power": 5, "touch_unresponsive": 6},
    "laptop": {
        "battery_drains": 16,
        "screen_cracked": 13,
        "keyboard": 10,
        "slow": 10,
        "no_power": 9,
        "fan_noise": 7,
        "water_damage": 6,
        "hinge": 6,
    },
    "desktop": {"slow": 20, "no_power": 16, "fan_noise": 9, "storage": 12, "malware": 8, "software_boot_loop": 9},
    "console": {"ports_hdmi": 24, "controller_drift": 20, "overheating": 12, "disc_drive": 11, "no_power": 9, "fan_noise": 8},
    "watch": {"screen_cracked": 34, "battery_drains": 24, "back_glass": 6, "not_charging": 6, "buttons": 5},
}
OTHERS = 1.0
#: What comes along with something else, and how often.
TOGETHER = {
    "screen_cracked": {"battery_drains": 0.09, "back_glass": 0.06},
    "not_charging": {"battery_drains": 0.12},
    "slow": {"storage": 0.15},
}
#: Months in which more of something is brought.
SEASONS: Mapping[str, Mapping[int, float]] = {
    "water_damage": {6: 1.8, 7: 2.2, 8: 2.0},
    "overheating": {6: 1.4, 7: 2.0, 8: 1.8},
    "battery_drains": {12: 1.2, 1: 1.5, 2: 1.4},
    "controller_drift": {12: 1.5, 1: 1.7},
    "ports_hdmi": {12: 1.4, 1: 1.6},
}
SEASONAL_KINDS: Mapping[str, Mapping[int, float]] = {"console": {12: 1.6, 1: 1.7}, "laptop": {9: 1.4, 10: 1.2}, "tablet": {12: 1.3, 1: 1.2}}


@dataclass
class Wear:
    """The models of a catalogue by how likely somebody brings one on a day."""

    known: Catalogue
    _models: dict[tuple[str, str, int], dict[str, float]] = field(default_factory=dict)
    _faults: dict[tuple[str, int], dict[str, float]] = field(default_factory=dict)

    def device(self, dice: Dice, day: date) -> Device:
        """Return a model that is worn by now."""
        kinds = {kind: weight * SEASONAL_KINDS.get(kind, {}).get(day.month, 1.0) for kind, weight in KINDS.items()}
        kind = dice.weigh(kinds)
        maker = dice.weigh(MAKERS[kind]) if kind in MAKERS else ""
        return self.known.devices[dice.weigh(self._worn(kind, maker, day.year))]

    def faults(self, dice: Dice, device: Device, day: date) -> list[str]:
        """Return what is wrong with one."""
        first = dice.weigh(self._wrong(device, day.month))
        more = [code for code, share in TOGETHER.get(first, {}).items() if dice.chance(share)]
        return [first, *(code for code in more if self.known.faults[code].possible_on(device))][:2]

    def _worn(self, kind: str, maker: str, year: int) -> dict[str, float]:
        key = kind, maker, year
        if key not in self._models:
            # Nobody brings what is not sold yet; a model of this very year is hardly ever broken already.
            self._models[key] = {
                one.slug: (AGES[year - one.year] if year - one.year < len(AGES) else OLD)
                for one in self.known.devices.values()
                if one.category == kind and maker in ("", one.brand) and one.year < year and not one.retired
            }
        return self._models[key]

    def _wrong(self, device: Device, month: int) -> dict[str, float]:
        key = device.slug, month
        if key not in self._faults:
            usual = FAULTS[device.category]
            self._faults[key] = {
                code: usual.get(code, OTHERS) * SEASONS.get(code, {}).get(month, 1.0)
                for code, fault in self.known.faults.items()
                if fault.possible_on(device)
            }
        return self._faults[key]

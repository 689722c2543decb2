"""What the catalogue answers."""

from backend.core.schema import Answer

from .catalogue import Catalogue, Device


class DeviceFound(Answer):
    """One model found by a search."""

    slug: str
    brand: str
    model: str
    name: str
    category: str
    year: int
    score: float

    @classmethod
    def of(cls, device: Device, score: float) -> "DeviceFound":
        """Return the answer's form of a find."""
        return cls(
            slug=device.slug,
            brand=device.brand,
            model=device.model,
            name=device.name,
            category=device.category,
            year=device.year,
            score=score,
        )


class DevicesFound(Answer):
    """Models found, best first."""

    items: list[DeviceFound]


class ServiceAnswer(Answer):
    """One repair service."""

    code: str
    label: str


class FaultAnswer(Answer):
    """One fault."""

    code: str
    label: str
    phrase: str
    categories: list[str]


class DeviceAnswer(Answer):
    """One model with what may be wrong with it."""

    slug: str
    brand: str
    model: str
    name: str
    category: str
    year: int
    aliases: list[str]
    identifiers: list[str]
    variants: dict[str, list[str]]
    specs: dict[str, str]
    faults: list[FaultAnswer]

    @classmethod
    def of(cls, device: Device, catalogue: Catalogue) -> "DeviceAnswer":
        """Return the answer's form of a model."""
        return cls(
            slug=device.slug,
            brand=device.brand,
            model=device.model,
            name=device.name,
            category=device.category,
            year=device.year,
            aliases=list(device.aliases),
            identifiers=list(device.identifiers),
            variants={kind: list(values) for kind, values in device.variants.items()},
            specs=dict(device.specs),
            faults=[fault for fault in faults_of(catalogue) if catalogue.faults[fault.code].possible_on(device)],
        )


class SnapshotDevice(Answer):
    """One model in the snapshot the bot's extractor reads."""

    slug: str
    brand: str
    model: str
    name: str
    category: str
    year: int
    aliases: list[str]
    identifiers: list[str]
    variants: dict[str, list[str]]


class Snapshot(Answer):
    """One published version of the catalogue."""

    version: int
    devices: list[SnapshotDevice]
    faults: list[FaultAnswer]
    services: list[ServiceAnswer]
    brands: list[str]

    @classmethod
    def of(cls, catalogue: Catalogue) -> "Snapshot":
        """Return the snapshot of a catalogue; retired models are not in it."""
        devices = [device for device in catalogue.devices.values() if not device.retired]
        return cls(
            version=catalogue.version,
            devices=[
                SnapshotDevice(
                    slug=device.slug,
                    brand=device.brand,
                    model=device.model,
                    name=device.name,
                    category=device.category,
                    year=device.year,
                    aliases=list(device.aliases),
                    identifiers=list(device.identifiers),
                    variants={kind: list(values) for kind, values in device.variants.items()},
                )
                for device in devices
            ],
            faults=faults_of(catalogue),
            services=[ServiceAnswer(code=service.code, label=service.label) for service in catalogue.services.values()],
            brands=sorted({device.brand for device in devices}),
        )


def faults_of(catalogue: Catalogue) -> list[FaultAnswer]:
    """Return all faults in the shop's order."""
    return [
        FaultAnswer(code=fault.code, label=fault.label, phrase=fault.phrase, categories=sorted(fault.categories))
        for fault in catalogue.faults.values()
    ]

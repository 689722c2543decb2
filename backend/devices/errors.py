"""Refusals of the catalogue."""

from backend.core.errors import Invalid, NotFound


class DeviceUnknown(NotFound):
    """We do not know this model."""

    code, title = "device_unknown", "We do not know this device."


class FaultUnknown(Invalid):
    """There is no such fault, or this kind of device does not have it."""

    code, title = "fault_unknown", "This fault does not exist on this kind of device."


class ServiceUnknown(Invalid):
    """There is no such repair service, or not for this kind of device."""

    code, title = "service_unknown", "We do not offer this repair for this kind of device."

"""Refusals of the catalogue."""

from backend.core.errors import Conflict, Invalid, NotFound


class DeviceUnknown(NotFound):
    """We do not know this model."""

    code, title = "device_unknown", "We do not know this device."


class FaultUnknown(Invalid):
    """There is no such fault, or this kind of device does not have it."""

    code, title = "fault_unknown", "This fault does not exist on this kind of device."


class ServiceUnknown(Invalid):
    """There is no such repair service, or not for this kind of device."""

    code, title = "service_unknown", "We do not offer this repair for this kind of device."


class ModelExists(Conflict):
    """A model of this name stands in the catalogue already, perhaps retired."""

    code, title = "model_exists", "This model is in the catalogue already."


class ModelChanged(Conflict):
    """Somebody else changed the model in the meantime."""

    code, title = "model_changed", "Somebody else changed this model in the meantime."


class NameTaken(Conflict):
    """One of the names leads to another model; `clashes` names each with its model."""

    code, title = "name_taken", "Another model goes by one of these names."


class NameTooGeneral(Invalid):
    """A nickname says no more than a maker or a family does; `names` lists them."""

    code, title = "name_too_general", "This nickname could mean many devices."


class NameUnreadable(Invalid):
    """The name has no letters or digits an address could be made of."""

    code, title = "name_unreadable", "Write the name with letters and digits."


class FeatureUnknown(Invalid):
    """No fault and no service needs this feature."""

    code, title = "feature_unknown", "There is no such feature."


class YearAhead(Invalid):
    """The year lies too far ahead."""

    code, title = "year_ahead", "This year has not begun yet."

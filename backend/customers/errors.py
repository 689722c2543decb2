"""Refusals about people's details."""

from backend.core.errors import Invalid, NotFound


class NameInvalid(Invalid):
    """This cannot be a person's name."""

    code, title = "name_invalid", "Please give a name of up to 120 characters."


class EmailInvalid(Invalid):
    """Nothing could be delivered to this address."""

    code, title = "email_invalid", "This e-mail address does not look right."


class PhoneInvalid(Invalid):
    """This cannot be a phone number."""

    code, title = "phone_invalid", "This phone number does not look right."


class CustomerUnknown(NotFound):
    """There is no such customer."""

    code, title = "customer_unknown", "We do not know this customer."

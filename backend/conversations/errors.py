"""Refusals of conversations, each with its own code."""

from backend.core.errors import Conflict, Invalid, NotFound, TooLarge, TooMany


class ConversationUnknown(NotFound):
    """There is no such conversation, or it is somebody else's."""

    code, title = "conversation_unknown", "There is no such conversation here."


class ConversationTaken(Conflict):
    """The conversation changed hands, or the turn that asks is over."""

    code, title = "conversation_taken", "This conversation is in other hands now."


class MoveNotAllowed(Conflict):
    """Ownership cannot go that way from where it is."""

    code, title = "move_not_allowed", "This conversation cannot be handed on like that."


class ClientIdReused(Conflict):
    """The same client id came with another body."""

    code, title = "client_id_reused", "This client id belongs to a different message."


class TextEmpty(Invalid):
    """The message says nothing."""

    code, title = "text_empty", "Write something first."


class TextTooLong(Invalid):
    """The message is longer than we take."""

    code, title = "text_too_long", "This message is too long. Please send it in parts."


class MessageTooLarge(TooLarge):
    """The message is bigger than we take."""

    code, title = "too_large", "This is too large to send."


class TooManyMessages(TooMany):
    """More messages in a minute than a person writes."""

    code, title = "too_many_messages", "That was a lot at once. Please wait a moment."


class ChoiceUnknown(Invalid):
    """This choice was never offered here."""

    code, title = "choice_unknown", "That choice was not offered here."


class ChoiceClosed(Conflict):
    """The choice was offered and is over."""

    code, title = "choice_closed", "That choice is no longer open."


class FormUnknown(Invalid):
    """This form was never offered here."""

    code, title = "form_unknown", "That form was not offered here."


class FormClosed(Conflict):
    """The form was offered and is over."""

    code, title = "form_closed", "That form is no longer open."


class FormInvalid(Invalid):
    """Some fields are not right: `fields` says in words and `codes` in codes which."""

    code, title = "form_invalid", "Please check the marked fields."


class TechnicianAway(Conflict):
    """Whoever is meant is not there to take it."""

    code, title = "technician_away", "This colleague is not there just now."


class TechnicianUnknown(Invalid):
    """Nobody of the staff has this id."""

    code, title = "technician_unknown", "There is no such colleague."


class UntilInvalid(Invalid):
    """Snoozed into the past, or for longer than anybody remembers why."""

    code, title = "until_invalid", "Choose a time from a minute to 30 days ahead."


class TooManyOpen(TooMany):
    """More conversations at once than anybody can follow."""

    code, title = "too_many_open", "Too many conversations are open here. Close one first."


class NotSubscribed(Conflict):
    """Only what one follows can be caught up with."""

    code, title = "not_subscribed", "Open this conversation first."

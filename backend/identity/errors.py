"""Refusals of identity, each with its own code."""

from backend.core.errors import Conflict, Forbidden, Invalid, Unauthenticated


class CredentialUnknown(Unauthenticated):
    code = "credential_unknown"
    title = "This credential is not known. Start a new conversation to get one."


class SessionEnded(Unauthenticated):
    code = "session_ended"
    title = "This sign-in has ended. Please sign in again."


class TurnTokenRefused(Unauthenticated):
    code = "turn_token_refused"
    title = "This turn token is not valid or has expired."


class CsrfFailed(Forbidden):
    code = "csrf_failed"
    title = "This request did not come from one of our own pages. Open the page again and repeat it."


class PasswordRefused(Invalid):
    code = "password_refused"
    title = "This password cannot be used."


class EmailRefused(Invalid):
    code = "email_invalid"
    title = "This does not look like an e-mail address."


class StaffExists(Conflict):
    code = "staff_exists"
    title = "Somebody with this e-mail address is already on the staff."


class TicketUnknown(Unauthenticated):
    """The socket ticket is not good, or no longer."""

    code, title = "ticket_unknown", "This ticket is not good any more. Please fetch another."

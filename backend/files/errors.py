"""Refusals of files, each with its own code."""

from backend.core.errors import Conflict, Gone, Invalid, NotFound, TooLarge, TooMany, Unavailable, UnsupportedMediaType


class FileEmpty(Invalid):
    """Nothing came."""

    code, title = "file_empty", "This file is empty."


class FileTooLarge(TooLarge):
    """More bytes than we take."""

    code, title = "file_too_large", "This picture is too large to send."


class FileKindUnsupported(UnsupportedMediaType):
    """By its content it is no picture of a kind we read, whatever its name says."""

    code, title = "file_kind_unsupported", "Only pictures can be sent here: JPEG, PNG, WebP, GIF or HEIC."


class FileUnreadable(Invalid):
    """It begins like a picture and is none, or not a whole one."""

    code, title = "file_unreadable", "This picture is damaged or incomplete."


class FileTooManyPixels(Invalid):
    """Unpacked it would be larger than we can handle."""

    code, title = "file_too_many_pixels", "This picture has too many pixels. Please send a smaller one."


class FileInfected(Invalid):
    """The virus scanner found something."""

    code, title = "file_infected", "This file was refused by our virus scanner."


class FileUnknown(NotFound):
    """There is no such file, or it is somebody else's."""

    code, title = "file_unknown", "There is no such picture here."


class FileSent(Conflict):
    """The picture belongs to another message already."""

    code, title = "file_sent", "This picture has been sent already."


class FilesTooMany(Invalid):
    """More pictures than one message takes."""

    code, title = "files_too_many", "That is more pictures than one message takes."


class UploadIdReused(Conflict):
    """The same client id came with another picture."""

    code, title = "upload_id_reused", "This client id belongs to a different picture."


class UploadsTooMany(TooMany):
    """More pictures in a day than we keep for one conversation."""

    code, title = "too_many_files", "That is as many pictures as we can take today. Please show us the rest in the shop."


class LinkExpired(Gone):
    """The link was good once."""

    code, title = "link_expired", "This link has expired. Open the conversation or the order again."


class StorageFull(Unavailable):
    """There is no room for more."""

    code, title = "storage_full", "We cannot take pictures just now. Please try again later."


class ScannerUnavailable(Unavailable):
    """The virus scanner does not answer, and nothing is kept unscanned."""

    code, title = "scanner_unavailable", "We cannot check pictures just now. Please try again shortly."

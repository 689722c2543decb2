"""Where the database is: the operator's own by DATABASE_URL, else the wheel's in `var/postgres`."""

import contextlib
import os
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from revivatech.paths import var
from revivatech.postgres import EmbeddedPostgres
from revivatech.trouble import Trouble

OLDEST = 15
NAME = "revivatech"
_REMEDY = "start it or correct DATABASE_URL (postgresql://user:password@host:5432/name); unset it to use the PostgreSQL we bring along."


def embedded() -> EmbeddedPostgres:
    """The server in `var/postgres`, running or not."""
    return EmbeddedPostgres(var() / "postgres")


@contextlib.contextmanager
def address() -> Iterator[str]:
    """The database's address for a command; our own server is started for its length when it does not run yet."""
    server = embedded()
    url = os.environ.get("DATABASE_URL")
    # The supervisor names our own server this way, and it may still be empty.
    if url and url != server.url(NAME):
        check_own(url)
        yield url
        return
    started = not ((server.data / "PG_VERSION").exists() and server.ready())
    if started:
        server.start()
    try:
        server.create_database(NAME)
        yield server.url(NAME)
    finally:
        if started:
            server.stop()


def check_own(url: str) -> None:
    """Refuse a DATABASE_URL that does not answer or is too old; the password is never shown."""
    import psycopg

    shown = _shown(url)
    try:
        with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1), connect_timeout=5) as connection:
            version = connection.info.server_version // 10000
    except psycopg.ProgrammingError:  # its words would repeat the address, password included
        raise Trouble(
            "DATABASE_URL is no address of a PostgreSQL.", "write it as postgresql://user:password@host:5432/name, or unset it."
        ) from None
    except (psycopg.Error, UnicodeError) as error:
        why = (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()
        raise Trouble(
            f"The database {shown} cannot be reached: {why}.",
            _REMEDY,
        ) from None
    if version < OLDEST:
        raise Trouble(
            f"The database {shown} is PostgreSQL {version}, and RevivaTech needs {OLDEST} or newer.",
            "upgrade it, point DATABASE_URL at a newer one, or unset the variable to use our own.",
        )


def check_answers(url: str) -> None:
    """Refuse a server nobody listens at; for the time before anything is installed, so nothing else is asked of it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 5432
    except ValueError:
        return  # the driver's own words come later
    if not host:
        return
    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError as error:
        raise Trouble(f"The database {_shown(url)} cannot be reached: {error.strerror or error}.", _REMEDY) from None


def _shown(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "of DATABASE_URL"
    return f"{parts.path.lstrip('/') or '(no name)'} at {parts.hostname or 'the local socket'}{port}"

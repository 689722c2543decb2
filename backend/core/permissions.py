"""The permission matrix: one readable file, one decision point, deny by default."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from .errors import Forbidden, Unauthenticated
from .principal import Principal

FILE = Path(__file__).resolve().parent.parent / "permissions.toml"
COLUMNS = ("anonymous", "visitor", "turn", "technician", "manager", "admin")


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who may call what; `anonymous` in a row opens it to everybody."""

    http: dict[str, frozenset[str]]
    socket: dict[str, frozenset[str]]

    @classmethod
    def load(cls, file: Path = FILE) -> "Matrix":
        """Read the matrix and refuse words it does not know."""
        data = tomllib.loads(file.read_text("utf-8"))
        tables = {name: {row: frozenset(cells) for row, cells in data.get(name, {}).items()} for name in ("http", "socket")}
        for table in tables.values():
            for row, cells in table.items():
                if unknown := cells - set(COLUMNS):
                    raise RuntimeError(f"permissions.toml: {row} names unknown roles {sorted(unknown)}")
        return cls(**tables)

    def check(self, table: str, row: str, principal: Principal) -> None:
        """Refuse unless a cell of the row says yes."""
        allowed = getattr(self, table).get(row)
        if allowed is None:
            raise Forbidden
        if not principal.grants & allowed:
            raise Unauthenticated if principal.kind == "anonymous" else Forbidden

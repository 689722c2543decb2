"""Files of the front-end build: found by their source's name, kept by browsers for ever since every change is a new name."""

import contextlib
import json
import mimetypes
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "widget" / "dist"
LOADER = "widget.js"
_MANIFESTS = ("manifest.json", ".vite/manifest.json")

NOT_BUILT = """console.error("RevivaTech: the front end has not been built. Run `make run`, or `npm run build` in widget/.");\n"""

# The widget is at home on other people's pages: they may load these files, and only these.
_SHARED = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin", "Timing-Allow-Origin": "*"}


@dataclass(slots=True)
class Assets:
    """The build's manifest, read again whenever a new build has written it."""

    dist: Path = DIST
    _stamp: float = field(default=-1.0, init=False)
    _entries: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)

    @property
    def built(self) -> bool:
        """True once there is a build to serve."""
        return bool(self._manifest())

    def url(self, source: str) -> str:
        """The address of what was built from a source file, such as `src/portal/tracking.ts`; empty when it is not built."""
        entry = self._manifest().get(source)
        return f"/static/{entry['file']}" if entry else ""

    def styles(self, source: str) -> list[str]:
        """The addresses of the style sheets that belong to a source file, its own and those of what it imports."""
        entries, found, waiting = self._manifest(), dict[str, None](), [source]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop(0)
            if name in seen or name not in entries:
                continue
            seen.add(name)
            entry = entries[name]
            sheets = [*entry.get("css", []), *([entry["file"]] if entry["file"].endswith(".css") else [])]
            found |= {f"/static/{sheet}": None for sheet in sheets}
            waiting += entry.get("imports", [])
        return list(found)

    def find(self, path: str) -> Path | None:
        """A file of the build by its path below /static/, or None; nothing outside the build is ever found."""
        with contextlib.suppress(OSError, ValueError):  # a path no file system takes names no file
            file = (self.dist / path).resolve()
            return file if file.is_relative_to(self.dist.resolve()) and file.is_file() else None
        return None

    def _manifest(self) -> dict[str, dict[str, Any]]:
        file = next((self.dist / name for name in _MANIFESTS if (self.dist / name).is_file()), None)
        if file is None:
            self._stamp, self._entries = -1.0, {}
        elif (stamp := file.stat().st_mtime) != self._stamp:
            self._stamp, self._entries = stamp, json.loads(file.read_text("utf-8"))
        return self._entries


ASSETS = Assets()


async def static_file(request: web.Request) -> web.StreamResponse:
    """Serve one file of the build."""
    path = request.match_info["path"]
    file = ASSETS.find(path)
    if file is None:
        raise web.HTTPNotFound
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return web.FileResponse(file, headers={**_SHARED, "Content-Type": kind, "Cache-Control": "public, max-age=31536000, immutable"})


async def loader(request: web.Request) -> web.StreamResponse:
    """Serve the widget's loader, whose name never changes; so it is asked for again every few minutes."""
    headers = {**_SHARED, "Content-Type": "text/javascript; charset=utf-8"}
    file = ASSETS.find(LOADER)
    if file is None:
        return web.Response(text=NOT_BUILT, headers={**headers, "Cache-Control": "no-store"})
    return web.FileResponse(file, headers={**headers, "Cache-Control": "public, max-age=300"})

"""Keeps the catalogue fresh: asks the site every 20 seconds whether a newer snapshot is published, beside the turns."""

import json
import logging
import os
import threading
import urllib.error
import urllib.request

from models.text.paths import CATALOGUE
from models.text.understanding import Understanding

log = logging.getLogger(__name__)
EVERY = 20.0
LIMIT = 16 * 1024 * 1024


class Published(threading.Thread):
    """A daemon thread; while the site is away the catalogue known so far goes on being used."""

    def __init__(self, understanding: Understanding, site: str | None = None) -> None:
        super().__init__(name="catalogue", daemon=True)
        self.understanding = understanding
        port = os.environ.get("REVIVATECH_PORT", "8080")
        self.url = (site or os.environ.get("REVIVATECH_SITE") or f"http://127.0.0.1:{port}").rstrip("/") + "/api/v1/catalogue/snapshot"
        self.etag: str | None = None
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.is_set():
            try:
                self.refresh()
            except (OSError, ValueError, KeyError) as error:
                log.debug("catalogue_not_refreshed: %s", error)
            self.stopped.wait(EVERY)

    def refresh(self) -> bool:
        """Ask once; True when a newer catalogue is in use now. Raises OSError, ValueError or KeyError when there is none to be had."""
        request = urllib.request.Request(self.url, headers={"If-None-Match": self.etag} if self.etag else {})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                raw, etag = answer.read(LIMIT), answer.headers.get("ETag")
        except urllib.error.HTTPError as error:
            if error.code == 304:
                return False
            raise
        snapshot = json.loads(raw)
        if not snapshot["devices"]:
            return False
        self.understanding.use(snapshot)
        self.etag = etag
        self._keep(raw)
        log.info("catalogue_in_use version=%s devices=%d", snapshot.get("version"), len(snapshot["devices"]))
        return True

    def _keep(self, raw: bytes) -> None:
        """Leave the snapshot where a start without the site finds it."""
        try:
            CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
            fresh = CATALOGUE.with_suffix(f".{os.getpid()}.new")
            fresh.write_bytes(raw)
            fresh.replace(CATALOGUE)
        except OSError as error:
            log.warning("catalogue_not_kept: %s", error)

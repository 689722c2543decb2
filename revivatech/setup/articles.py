"""The help articles, embedded for searching, so that the first customer who asks does not wait for it."""

from revivatech.paths import ARTIFACTS, PYTHON
from revivatech.setup.digests import Stamp, of_file, of_sources
from revivatech.setup.shell import run
from revivatech.setup.steps import Step

_FILE = ARTIFACTS / "knowledge.npz"
_STAMP = Stamp(ARTIFACTS / ".knowledge-stamp")


def articles() -> Step:
    """`models/artifacts/knowledge.npz`, from the articles and the encoder."""
    return Step("The help articles", lambda: _FILE.exists() and _STAMP.read() == _digest(), _build, megabytes=5)


def _digest() -> str:
    manifest = ARTIFACTS / "text" / "manifest.json"
    return f"{of_sources('backend/knowledge')} {of_file(manifest) if manifest.exists() else 'no models'}"


def _build() -> None:
    _STAMP.clear()
    run("Embedding the help articles", [PYTHON, "-m", "backend.knowledge.build"])
    _STAMP.write(_digest())

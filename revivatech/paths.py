"""Where things lie in a checkout; only the standard library, because set-up runs before anything is installed."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
UV = TOOLS / "uv" / "bin" / "uv"
PYTHON = ROOT / ".venv" / "bin" / "python"
BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
MODELS_PYTHON = ROOT / "models" / ".venv" / "bin" / "python"
NODE = TOOLS / "node" / "bin"
ASSISTANT = ROOT / "bot" / "trained" / "assistant.tar.gz"
ARTIFACTS = ROOT / "models" / "artifacts"


def var() -> Path:
    """The folder for everything written at run time."""
    return (ROOT / os.environ.get("REVIVATECH_VAR", "var")).absolute()

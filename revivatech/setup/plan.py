"""Which parts a command needs, in the order they are made."""

import stat

from revivatech.paths import PYTHON, ROOT
from revivatech.setup.articles import articles
from revivatech.setup.assistant import trained_assistant
from revivatech.setup.browser import browser
from revivatech.setup.models import text_models
from revivatech.setup.pythons import bot_environment, models_environment, node_environment, root_environment
from revivatech.setup.steps import Step
from revivatech.setup.widget import front_end, front_end_packages

_LAUNCHER = PYTHON.parent / "revivatech"


def everything(*, dev: bool = False) -> list[Step]:
    """What running needs; with `dev` what testing needs too."""
    return [
        root_environment(dev=dev),
        launcher(),
        node_environment(),
        front_end_packages(),
        front_end(),
        bot_environment(dev=dev),
        models_environment(),
        text_models(),
        articles(),
        trained_assistant(),
        *([browser()] if dev else []),
    ]


def understanding() -> list[Step]:
    """What `revivatech understand` needs: no assistant, no database, no browser code."""
    return [root_environment(dev=False), models_environment(), text_models()]


def linting() -> list[Step]:
    """What `make lint` needs."""
    return [root_environment(dev=True), node_environment(), front_end_packages()]


def launcher() -> Step:
    """`.venv/bin/revivatech`, the command line from anywhere."""
    text = f"""#!{PYTHON}
import sys
sys.path.insert(0, {str(ROOT)!r})
from revivatech.__main__ import main
sys.exit(main())
"""

    def current() -> bool:
        return _LAUNCHER.is_file() and _LAUNCHER.read_text() == text

    def make() -> None:
        _LAUNCHER.write_text(text)
        _LAUNCHER.chmod(_LAUNCHER.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)

    return Step("The command line", current, make, megabytes=1)

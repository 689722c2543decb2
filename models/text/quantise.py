"""Makes the encoder's matrix products int8 without losing what the classifiers need.

SmoothQuant (Xiao et al. 2022, alpha 0.5) moves outliers from activations into weights; each row of activations is divided by its own
maximum and quantised with one fixed step, so that neither a loud token nor a neighbour in the batch changes another text's vector.
The default quantisation is far worse.
"""

from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from models.text.graph import DENSE

SENTENCES = (
    "my phone screen is cracked and it won't turn on",
    "hello",
    "how much does it cost to replace the battery in an iphone 12?",
    "The quick brown fox jumps over the lazy dog near the river bank on Sunday.",
    "can I book for tomorrow at 3pm please, my number is 07700 900123",
    "no thanks",
    "£49.99 is too expensive!!!",
    "me laptop wont charge unless u hold the cable funny (dell xps 13)",
)


def activation_peaks(model: Any, tokenizer: Any) -> dict[str, np.ndarray]:
    """The largest magnitude each channel reaches, for every input of a dense product, over a few typical sentences."""
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    names = sorted({n.input[0] for n in probe.graph.node if n.name.startswith(DENSE)})
    for name in names:
        probe.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(probe.SerializeToString(), providers=["CPUExecutionProvider"])
    peaks: dict[str, np.ndarray] = {}
    for sentence in SENTENCES:
        ids = np.array([tokenizer.encode(sentence).ids])
        for name, value in zip(names, session.run(names, {"input_ids": ids, "attention_mask": np.ones_like(ids)}), strict=False):
            peaks[name] = np.maximum(peaks.get(name, np.float32(0)), np.abs(value[0]).max(axis=0))
    return peaks


def quantise(model: Any, tokenizer: Any, alpha: float = 0.5) -> Any:
    """The same model with int8 dense products: smoothed by `alpha`, one activation scale a row, one weight scale a column."""
    peaks = activation_peaks(model, tokenizer)
    small = onnx.ModelProto()
    small.CopyFrom(model)
    graph = small.graph
    constants = {c.name: c for c in graph.initializer}
    for value, name in ((np.float32(1e-6), "tiny"), (np.float32(1 / 127), "step"), (np.uint8(128), "middle")):
        graph.initializer.append(numpy_helper.from_array(value, name))
    nodes: list[Any] = []
    for node in graph.node:
        if not node.name.startswith(DENSE):
            nodes.append(node)
            continue
        matrix = numpy_helper.to_array(constants[node.input[1]])
        peak = np.maximum(peaks[node.input[0]], 1e-3)
        smooth = peak**alpha / np.maximum(np.abs(matrix).max(axis=1), 1e-5) ** (1 - alpha)
        smooth = (smooth / np.median(smooth)).astype(np.float32)
        matrix = matrix * smooth[:, None]
        scale = np.abs(matrix).max(axis=0) / 127
        p = node.name
        graph.initializer.remove(constants[node.input[1]])
        for name, value in (
            (f"{p}.smooth", 1 / smooth),
            (f"{p}.weights", np.round(matrix / scale).astype(np.int8)),
            (f"{p}.scale", (scale / 127).astype(np.float32)),
            (f"{p}.zero", np.zeros(matrix.shape[1], np.int8)),
        ):
            graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        nodes.extend(dense_int8(p, node.input[0], node.output[0]))
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(small)
    return small


def dense_int8(p: str, x: str, output: str) -> list[Any]:
    """The nodes of one int8 product named `p`, from `x` to `output`."""
    n = helper.make_node
    return [
        n("Mul", [x, f"{p}.smooth"], [f"{p}.x"]),
        n("Abs", [f"{p}.x"], [f"{p}.abs"]),
        n("ReduceMax", [f"{p}.abs"], [f"{p}.max"], axes=[-1], keepdims=1),
        n("Max", [f"{p}.max", "tiny"], [f"{p}.row"]),
        n("Div", [f"{p}.x", f"{p}.row"], [f"{p}.unit"]),
        n("QuantizeLinear", [f"{p}.unit", "step", "middle"], [f"{p}.q"]),
        n("MatMulInteger", [f"{p}.q", f"{p}.weights", "middle", f"{p}.zero"], [f"{p}.sum"]),
        n("Cast", [f"{p}.sum"], [f"{p}.float"], to=TensorProto.FLOAT),
        n("Mul", [f"{p}.float", f"{p}.scale"], [f"{p}.product"]),
        n("Mul", [f"{p}.product", f"{p}.row"], [output]),
    ]

"""Writes all-MiniLM-L6-v2 as an ONNX graph from its weights: numpy and onnx only, no torch.

BERT (Devlin et al. 2019) with 6 layers, 12 heads and width 384; mean pooling and unit length as in sentence-transformers.
The word table is int8 with one scale a row. Attention, its neighbours and the bend between the two dense layers are ONNX Runtime's
own fused operators (domain com.microsoft): of a short sentence half the time went into the many small ones they stand for.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LAYERS, HEADS, WIDTH, EPSILON = 6, 12, 384, 1e-12
BENEATH = 4  # the layer whose mean is told as well: what was said, where the last tells rather what it is about
FUSED = "com.microsoft"
PROJECTIONS = ("query", "key", "value")
Weights = dict[str, np.ndarray]


class Graph:
    """Collects nodes and constants; every method returns the name of what it made."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def const(self, name: str, value: Any) -> str:
        self.constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind: str, *inputs: str, name: str = "", domain: str = "", **attributes: Any) -> str:
        output = name or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, domain=domain, **attributes))
        return output

    def merged(self, at: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """The matrices (inputs × outputs) and the shifts of layers that read the same, side by side."""
        matrix = np.concatenate([self.weights[f"{a}.weight"].T for a in at], axis=1)
        return matrix, np.concatenate([self.weights[f"{a}.bias"] for a in at])

    def dense(self, x: str, at: str) -> str:
        matrix, shift = self.merged([at])
        return self.op("Add", self.op("MatMul", x, self.const(f"{at}.w", matrix)), self.const(f"{at}.c", shift))

    def mixed(self, x: str, at: str, mask: str) -> str:
        """What each token takes from the others of its text."""
        matrix, shift = self.merged([f"{at}self.{part}" for part in PROJECTIONS])
        merged = self.const(f"{at}w", matrix), self.const(f"{at}c", shift)
        return self.op("Attention", x, *merged, mask, domain=FUSED, num_heads=HEADS)

    def bent(self, x: str, at: str) -> str:
        matrix, shift = self.merged([at])
        product = self.op("MatMul", x, self.const(f"{at}.w", matrix))
        return self.op("BiasGelu", product, self.const(f"{at}.c", shift), domain=FUSED)

    def norm(self, x: str, beside: str, at: str) -> str:
        scale, shift = self.const(f"{at}.g", self.weights[f"{at}.weight"]), self.const(f"{at}.b", self.weights[f"{at}.bias"])
        return self.op("SkipLayerNormalization", x, beside, scale, shift, domain=FUSED, epsilon=EPSILON)

    def embeddings(self) -> str:
        table = self.weights["embeddings.word_embeddings.weight"]
        scale = np.abs(table).max(axis=1, keepdims=True) / 127
        scale[scale == 0] = 1
        rows = self.op("Gather", self.const("words", np.round(table / scale).astype(np.int8)), "input_ids")
        scales = self.op("Gather", self.const("words.scale", scale.astype(np.float32)), "input_ids")
        words = self.op("Mul", self.op("Cast", rows, to=TensorProto.FLOAT), scales)
        length = self.op("Gather", self.op("Shape", "input_ids"), self.const("i1", np.array([1], np.int64)))
        position = self.weights["embeddings.position_embeddings.weight"] + self.weights["embeddings.token_type_embeddings.weight"][0]
        zero = self.const("i0", np.array([0], np.int64))
        places = self.op("Slice", self.const("positions", position), zero, length, zero)
        scale, shift = (self.const(f"first.{part}", self.weights[f"embeddings.LayerNorm.{part}"]) for part in ("weight", "bias"))
        return self.op("LayerNormalization", self.op("Add", words, places), scale, shift, axis=-1, epsilon=EPSILON)

    def layer(self, x: str, at: str, mask: str) -> str:
        attended = self.dense(self.mixed(x, f"{at}attention.", mask), f"{at}attention.output.dense")
        x = self.norm(attended, x, f"{at}attention.output.LayerNorm")
        thought = self.dense(self.bent(x, f"{at}intermediate.dense"), f"{at}output.dense")
        return self.norm(thought, x, f"{at}output.LayerNorm")

    def pooled(self, x: str, mask: str, name: str) -> str:
        weight = self.op("Unsqueeze", mask, self.const("last", np.array([-1], np.int64)))
        total = self.op("ReduceSum", self.op("Mul", x, weight), "i1", keepdims=0)
        mean = self.op("Div", total, self.op("ReduceSum", weight, "i1", keepdims=0))
        return self.op("LpNormalization", mean, name=name, axis=-1, p=2)


def encoder(g: Graph) -> Any:
    """The whole encoder as a checked ONNX model (opset 17, IR 9): input_ids, attention_mask → embedding, beneath."""
    x = g.embeddings()
    weight, mask = g.op("Cast", "attention_mask", to=TensorProto.FLOAT), g.op("Cast", "attention_mask", to=TensorProto.INT32)
    for layer in range(LAYERS):
        x = g.layer(x, f"encoder.layer.{layer}.", mask)
        if layer + 1 == BENEATH:
            g.pooled(x, weight, "beneath")
    g.pooled(x, weight, "embedding")
    ids = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "tokens"]) for n in ("input_ids", "attention_mask")]
    out = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", WIDTH]) for name in ("embedding", "beneath")]
    graph = helper.make_graph(g.nodes, "minilm", ids, out, list(g.constants.values()))
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="revivatech")
    onnx.checker.check_model(model)
    return model

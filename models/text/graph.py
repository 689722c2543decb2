"""Writes all-MiniLM-L6-v2 as an ONNX graph from its weights: numpy and onnx only, no torch.

BERT (Devlin et al. 2019) with 6 layers, 12 heads and width 384; mean pooling and unit length as in sentence-transformers.
The three attention projections of a layer are one matrix product, and the word table is int8 with one scale a row.
"""

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LAYERS, HEADS, WIDTH, EPSILON = 6, 12, 384, 1e-12
BENEATH = 4  # the layer whose mean is told as well: what was said, where the last tells rather what it is about
DENSE = "dense:"  # prefix of the matrix products that quantisation replaces
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

    def op(self, kind: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        output = name or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def norm(self, x: str, at: str) -> str:
        scale, shift = self.const(f"{at}.g", self.weights[f"{at}.weight"]), self.const(f"{at}.b", self.weights[f"{at}.bias"])
        return self.op("LayerNormalization", x, scale, shift, axis=-1, epsilon=EPSILON)

    def dense(self, x: str, *at: str) -> str:
        matrix = np.concatenate([self.weights[f"{a}.weight"].T for a in at], axis=1)
        bias = np.concatenate([self.weights[f"{a}.bias"] for a in at])
        product = self.op("MatMul", x, self.const(f"{at[0]}.w", matrix), name=DENSE + at[0])
        return self.op("Add", product, self.const(f"{at[0]}.c", bias))

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
        return self.norm(self.op("Add", words, places), "embeddings.LayerNorm")

    def attention(self, x: str, at: str, bias: str) -> str:
        depth = WIDTH // HEADS
        joined = self.dense(x, f"{at}self.query", f"{at}self.key", f"{at}self.value")
        names = [f"{at}{part}" for part in "qkv"]
        sizes = self.const("split.sizes", np.array([WIDTH] * 3, np.int64))
        self.nodes.append(helper.make_node("Split", [joined, sizes], names, axis=2, name=f"{at}split"))
        heads = self.const("heads", np.array([0, 0, HEADS, depth], np.int64))
        orders = ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])
        query, key, value = (self.op("Transpose", self.op("Reshape", n, heads), perm=p) for n, p in zip(names, orders, strict=True))
        scores = self.op("Mul", self.op("MatMul", query, key), self.const("scale", np.float32(depth**-0.5)))
        weights = self.op("Softmax", self.op("Add", scores, bias), axis=-1)
        mixed = self.op("Transpose", self.op("MatMul", weights, value), perm=[0, 2, 1, 3])
        whole = self.op("Reshape", mixed, self.const("whole", np.array([0, 0, WIDTH], np.int64)))
        return self.norm(self.op("Add", self.dense(whole, f"{at}output.dense"), x), f"{at}output.LayerNorm")

    def feed_forward(self, x: str, at: str) -> str:
        y = self.dense(x, f"{at}intermediate.dense")
        erf = self.op("Erf", self.op("Div", y, self.const("root2", np.float32(2**0.5))))
        gelu = self.op("Mul", self.op("Mul", y, self.op("Add", erf, self.const("one", np.float32(1)))), self.const("half", np.float32(0.5)))
        return self.norm(self.op("Add", self.dense(gelu, f"{at}output.dense"), x), f"{at}output.LayerNorm")

    def pooled(self, x: str, mask: str, name: str) -> str:
        weight = self.op("Unsqueeze", mask, self.const("last", np.array([-1], np.int64)))
        total = self.op("ReduceSum", self.op("Mul", x, weight), "i1", keepdims=0)
        mean = self.op("Div", total, self.op("ReduceSum", weight, "i1", keepdims=0))
        return self.op("LpNormalization", mean, name=name, axis=-1, p=2)


def encoder(weights: Weights) -> Any:
    """The whole encoder as a checked float32 ONNX model (opset 17, IR 9): input_ids, attention_mask → embedding, beneath."""
    g = Graph(weights)
    x = g.embeddings()
    mask = g.op("Cast", "attention_mask", to=TensorProto.FLOAT)
    hidden = g.op("Unsqueeze", g.op("Sub", g.const("one", np.float32(1)), mask), g.const("i12", np.array([1, 2], np.int64)))
    bias = g.op("Mul", hidden, g.const("minus", np.float32(-1e9)))
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        x = g.feed_forward(g.attention(x, f"{at}attention.", bias), at)
        if layer + 1 == BENEATH:
            g.pooled(x, mask, "beneath")
    g.pooled(x, mask, "embedding")
    ids = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "tokens"]) for n in ("input_ids", "attention_mask")]
    out = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", WIDTH]) for name in ("embedding", "beneath")]
    graph = helper.make_graph(g.nodes, "minilm", ids, out, list(g.constants.values()))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9, producer_name="revivatech")
    onnx.checker.check_model(model)
    return model

"""Makes the encoder's matrix products int8 without losing what the classifiers need.

SmoothQuant (Xiao et al. 2022) moves outliers from activations into weights, here nearly whole (alpha 0.9). All scales are fixed from a
sample of sentences: nothing is worked out while a text is read, and its neighbours in a batch change none of its numbers.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

from models.text.graph import FUSED, HEADS, PROJECTIONS, Graph, Weights, encoder

#: What customers typically write; what no sentence here comes near is cut off, and eight sentences are too few (cosine 0.98).
TYPICAL = Path(__file__).with_name("typical.txt")
ALPHA = 0.9
Peaks = dict[str, np.ndarray]


class Probe(Graph):
    """The float32 encoder, which also tells what goes into each of its products."""

    def __init__(self, weights: Weights) -> None:
        super().__init__(weights)
        self.inputs: dict[str, str] = {}

    def dense(self, x: str, at: str) -> str:
        self.inputs[at] = x
        return super().dense(x, at)

    def mixed(self, x: str, at: str, mask: str) -> str:
        self.inputs[at] = x
        return super().mixed(x, at, mask)

    def bent(self, x: str, at: str) -> str:
        self.inputs[at] = x
        return super().bent(x, at)

    def peaks(self, sentences: Sequence[str], tokenizer: Any) -> Peaks:
        """The largest magnitude each channel reaches, for the input of every product, over these sentences."""
        model = encoder(self)
        names = list(dict.fromkeys(self.inputs.values()))
        model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        highest = dict.fromkeys(names, np.float32(1e-3))
        for sentence in sentences:
            ids = np.array([tokenizer.encode(sentence).ids])
            for name, value in zip(names, session.run(names, {"input_ids": ids, "attention_mask": np.ones_like(ids)}), strict=True):
                highest[name] = np.maximum(highest[name], np.abs(value[0]).max(axis=0))
        return {at: highest[name] for at, name in self.inputs.items()}


class Int8(Graph):
    """The encoder with int8 products: smoothed, one scale for all that goes in, one for each column of weights."""

    def __init__(self, weights: Weights, peaks: Peaks) -> None:
        super().__init__(weights)
        self.peaks = peaks
        self.one, self.middle = self.const("unit", np.float32(1)), self.const("middle", np.uint8(128))

    def small(self, x: str, at: str, *names: str) -> tuple[str, str, str, str]:
        """`x` as uint8 and the layers `names` that read it as int8: names of the input, the weights, their scales and the shifts."""
        matrix, shift = self.merged(names or [at])
        smooth = self.peaks[at] ** ALPHA / np.maximum(np.abs(matrix).max(axis=1), 1e-5) ** (1 - ALPHA)
        step = (smooth * (self.peaks[at] / smooth).max() / 127).astype(np.float32)
        matrix = matrix * step[:, None]
        scale = (np.abs(matrix).max(axis=0) / 127).astype(np.float32)
        steps = self.op("Mul", x, self.const(f"{at}.step", 1 / step))
        weights = self.const(f"{at}.w", np.round(matrix / scale).astype(np.int8))
        small = self.op("QuantizeLinear", steps, self.one, self.middle)
        return small, weights, self.const(f"{at}.s", scale), self.const(f"{at}.c", shift)

    def dense(self, x: str, at: str) -> str:
        small, weights, scales, shifts = self.small(x, at)
        return self.op("MatMulIntegerToFloat", small, weights, self.one, scales, self.middle, "", shifts, domain=FUSED)

    def bent(self, x: str, at: str) -> str:
        small, weights, scales, shifts = self.small(x, at)
        product = self.op("MatMulIntegerToFloat", small, weights, self.one, scales, self.middle, domain=FUSED)
        return self.op("BiasGelu", product, shifts, domain=FUSED)

    def mixed(self, x: str, at: str, mask: str) -> str:
        small, weights, scales, shifts = self.small(x, at, *(f"{at}self.{part}" for part in PROJECTIONS))
        return self.op("QAttention", small, weights, shifts, self.one, scales, mask, self.middle, domain=FUSED, num_heads=HEADS)


def quantise(weights: Weights, sentences: Sequence[str], tokenizer: Any) -> Any:
    """The int8 encoder, its scales fixed from these sentences."""
    return encoder(Int8(weights, Probe(weights).peaks(sentences, tokenizer)))

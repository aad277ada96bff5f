"""Golden values for GGUF storage types by gguf-py: blocks of random bytes and their values for every readable one, and
numbers and their blocks for the one that is written.

    pip install -r requirements.txt && python make_gguf_blocks.py

writes gguf-blocks.json and gguf-rounded.json beside this file. The half-precision scales in a block are drawn as finite numbers, all other
bytes at random. Bytes and float32 numbers are base64.
"""

import base64
import json
import pathlib

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, dequantize, quantize

here = pathlib.Path(__file__).parent
random = np.random.default_rng(7)

# Offsets of the half-precision numbers in a block.
HALVES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
    "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208],
}  # fmt: skip


def base64_of(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()


def main() -> None:
    cases = {}
    for name in ["F32", "F16", "BF16", *HALVES]:
        kind = GGMLQuantizationType[name]
        _, size = GGML_QUANT_SIZES[kind]
        if name in HALVES:
            stored = random.integers(0, 256, (6, size), dtype=np.uint8)
            for at in HALVES[name]:
                halves = (random.normal(size=6) * 0.1).astype(np.float16)
                stored[:, at : at + 2] = halves.view(np.uint8).reshape(6, 2)
        else:
            numbers = random.normal(size=64).astype(np.float32)
            if name == "F16":
                numbers = numbers.astype(np.float16)
            stored = numbers.view(np.uint8)
            if name == "BF16":
                stored = np.ascontiguousarray(numbers.view(np.uint16)[1::2]).view(np.uint8)
        values = dequantize(stored.view(np.float32) if name == "F32" else stored.view(np.float16) if name == "F16" else stored, kind)
        cases[name] = {"bytes": base64_of(stored), "values": base64_of(values.astype(np.float32))}
    (here / "gguf-blocks.json").write_text(json.dumps(cases, indent=1) + "\n")
    values = numbers_to_round()
    blocks = quantize(values.reshape(-1, 32), GGMLQuantizationType.Q8_0)
    rounded = {"Q8_0": {"bytes": base64_of(blocks), "values": base64_of(values)}}
    (here / "gguf-rounded.json").write_text(json.dumps(rounded, indent=1) + "\n")


def numbers_to_round() -> np.ndarray:
    """Weights of usual sizes, as float32 and as bfloat16, and blocks with something special, 32 numbers each."""
    usual = random.normal(size=96 * 32).astype(np.float32) * np.repeat(10.0 ** random.uniform(-6, 3, 96), 32)
    short = (usual[: 48 * 32].astype(np.float32).view(np.uint32) & 0xFFFF0000).view(np.float32)
    halves = np.arange(-16, 16) + 0.5  # with 127 the scale is 1: halves are rounded away from zero
    halves[0] = 127
    special = [np.zeros(32), halves, -halves, np.full(32, -3.0), np.arange(32) * 1e-9, np.arange(32) * 1e5, np.arange(32) * 2e-6]
    return np.concatenate([usual, short, *special]).astype(np.float32)


if __name__ == "__main__":
    main()

"""Recomputes the lab's results from the files that it exports, by the plain definitions in NumPy alone.

Run: python recompute_lab.py RESULT_FOLDER BASE_FOLDER
RESULT_FOLDER is the output of `lab table7|fig3|fig4 --out`: the numbers as JSON, and the adapters as PEFT folders. Prints
how many numbers were compared and the largest difference, relative to 1 or to the number itself if that is larger.
Needs numpy and safetensors.
"""

import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

modules = {"q": "self_attn.q_proj", "k": "self_attn.k_proj", "v": "self_attn.v_proj", "o": "self_attn.o_proj"}


class Adapter:
    def __init__(self, folder):
        self.tensors = load_file(folder / "adapter_model.safetensors")
        config = json.loads((folder / "adapter_config.json").read_text())
        self.scale = config["lora_alpha"] / config["r"]

    def matrices(self, target, layer):
        name = f"base_model.model.model.layers.{layer}.{modules[target]}"
        return [self.tensors[f"{name}.lora_{part}.weight"].astype(np.float64) for part in "AB"]


def right_directions(matrix, count):
    return np.linalg.svd(matrix, full_matrices=False)[2][:count].T


def similarity(first, second):
    """phi(i, j) = ||U1_i' U2_j||_F^2 / min(i, j), paper section 7.2."""
    squares = (first.T @ second) ** 2
    sums = squares.cumsum(axis=0).cumsum(axis=1)
    i, j = np.indices(sums.shape) + 1
    return sums / np.minimum(i, j)


def amplification(weight, a, b, scale):
    """||U' W V'||_F in the directions of the update and of W itself, paper section 7.3."""
    rank = a.shape[0]
    delta = scale * (b @ a)
    u, _, v = np.linalg.svd(delta, full_matrices=False)
    by_delta = np.linalg.norm(u[:, :rank].T @ weight @ v[:rank].T)
    return {
        "weightNorm": np.linalg.norm(weight),
        "deltaNorm": np.linalg.norm(delta),
        "byDelta": by_delta,
        "byWeight": np.linalg.norm(np.linalg.svd(weight, compute_uv=False)[:rank]),
        "factor": np.linalg.norm(delta) / by_delta,
    }


result, base = Path(sys.argv[1]), Path(sys.argv[2])
(kind,) = [kind for kind in ("table7", "fig3", "fig4") if (result / f"{kind}.json").exists()]
experiment = json.loads((result / f"{kind}.json").read_text())
trained = [cell for cell in experiment["cells"] if cell["key"].startswith("trained ")]
adapters = {
    (cell["values"]["rank"], cell["values"]["seed"]): Adapter(
        result / "adapters" / cell["key"].replace(" ", "-")
    )
    for cell in trained
}
differences = []


def compare(found, expected):
    differences.append(abs(found - expected) / max(1.0, abs(expected)))


if kind == "table7":
    weights = load_file(base / "model.safetensors")
    ((_, seed),) = {(None, seed) for _, seed in adapters}
    for cell in experiment["cells"]:
        values = cell["values"]
        if "layer" not in values:
            continue
        adapter = adapters[values["rank"], seed]
        a, b = adapter.matrices(values["target"], values["layer"])
        weight = weights[f"model.layers.{values['layer']}.{modules[values['target']]}.weight"].astype(np.float64)
        for name, expected in amplification(weight, a, b, adapter.scale).items():
            compare(values[name], expected)
else:
    seeds = experiment["options"]["seeds"]
    ranks = experiment["options"]["ranks"]
    pair = [(ranks[0], seeds[0]), (ranks[1] if kind == "fig3" else ranks[0], seeds[1])]
    first, second = (adapters[each] for each in pair)
    for cell in experiment["maps"]:
        values = cell["values"]
        if values["of"] == "random":
            continue
        (a1, b1), (a2, b2) = (each.matrices(values["target"], values["layer"]) for each in (first, second))
        one, other = (a1, a2) if values["of"] == "A" else (b1 @ a1, b2 @ a2)
        expected = similarity(right_directions(one, a1.shape[0]), right_directions(other, a2.shape[0]))
        for row, wanted in zip(cell["map"], expected, strict=True):
            for value, number in zip(row, wanted, strict=True):
                compare(value, number)

print(json.dumps({"kind": kind, "compared": len(differences), "worst": max(differences)}))

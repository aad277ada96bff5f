"""Golden values for the analysis of adapters: subspace similarity (Figures 3 and 4) and amplification (Table 7) of the
LoRA paper, by the plain definitions in NumPy alone: full SVDs of BA and of W. Run: python make_analysis.py
"""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

rng = np.random.default_rng(20210617)


def rounded(a):
    """Numbers that survive JSON and float32 unchanged."""
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def similarity(a1, a2):
    v1 = np.linalg.svd(a1, full_matrices=False)[2].T
    v2 = np.linalg.svd(a2, full_matrices=False)[2].T
    shape = (a1.shape[0], a2.shape[0])
    phi = np.zeros(shape)
    for i in range(1, shape[0] + 1):
        for j in range(1, shape[1] + 1):
            phi[i - 1, j - 1] = np.linalg.norm(v1[:, :i].T @ v2[:, :j]) ** 2 / min(i, j)
    return phi


def amplification(w, a, b, scale):
    delta = scale * (b @ a)
    r = a.shape[0]
    u, _, vt = np.linalg.svd(delta, full_matrices=False)
    uw, _, vwt = np.linalg.svd(w, full_matrices=False)
    by_delta = np.linalg.norm(u[:, :r].T @ w @ vt[:r].T)
    return {
        "weightNorm": np.linalg.norm(w),
        "deltaNorm": np.linalg.norm(delta),
        "byDelta": by_delta,
        "byWeight": np.linalg.norm(uw[:, :r].T @ w @ vwt[:r].T),
        "factor": np.linalg.norm(delta) / by_delta,
    }


cases = []
for out, inside, r1, r2 in [(24, 24, 3, 6), (12, 20, 4, 4), (30, 16, 2, 5)]:
    w = rounded(rng.normal(size=(out, inside)) / np.sqrt(inside))
    first = rounded(rng.normal(size=(r1, inside)))
    # The second shares a direction with the first, as trained adapters do.
    second = rounded(rng.normal(size=(r2, inside)))
    second[0] = rounded(3 * first[0] + 0.1 * second[0])
    b = rounded(rng.normal(size=(out, r1)) * np.geomspace(1, 0.05, r1))
    scale = 2.0
    cases.append(
        {
            "out": out,
            "in": inside,
            "weight": w.ravel().tolist(),
            "first": first.ravel().tolist(),
            "second": second.ravel().tolist(),
            "b": b.ravel().tolist(),
            "ranks": [r1, r2],
            "scale": scale,
            "phi": similarity(first, second).tolist(),
            "deltaValues": np.linalg.svd(b @ first, compute_uv=False)[:r1].tolist(),
            "weightValues": np.linalg.svd(w, compute_uv=False).tolist(),
            "amplification": amplification(w, first, b, scale),
        }
    )

here = Path(__file__).parent
base = load_file(here / "llama-tiny" / "model.safetensors")
lora = load_file(here / "llama-tiny-lora" / "adapter_model.safetensors")
config = json.loads((here / "llama-tiny-lora" / "adapter_config.json").read_text())
files = []
for name in sorted(lora):
    if not name.endswith(".lora_A.weight"):
        continue
    module = name.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
    a = lora[name].astype(np.float64)
    b = lora[name.replace("lora_A", "lora_B")].astype(np.float64)
    w = base[f"{module}.weight"].astype(np.float64)
    files.append({"module": module, **amplification(w, a, b, config["lora_alpha"] / config["r"])})

(here / "analysis.json").write_text(json.dumps({"matrices": cases, "files": files}))

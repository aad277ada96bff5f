"""The tiny golden models again, as GGUF files, as llama.cpp's converter would write them.

    pip install -r requirements.txt && python make_gguf_models.py FOLDER…

writes <folder>.gguf beside each model folder. Names come from gguf-py's own table. The converter's changes to the weights
are made here: rows of Wq and Wk of Llama-type models are interleaved, GPT-2's Conv1D weights are transposed, Gemma's
norms get 1 added. All numbers are float32.
"""

import json
import pathlib
import sys

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, MODEL_ARCH, get_tensor_name_map
import torch
from safetensors.torch import load_file

ARCHITECTURES = {
    "llama": MODEL_ARCH.LLAMA, "mistral": MODEL_ARCH.LLAMA, "qwen2": MODEL_ARCH.QWEN2, "qwen3": MODEL_ARCH.QWEN3,
    "gpt2": MODEL_ARCH.GPT2, "gemma3_text": MODEL_ARCH.GEMMA3,
}  # fmt: skip


def main(folder: pathlib.Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    kind = config["model_type"]
    arch = ARCHITECTURES[kind]
    layers = config.get("num_hidden_layers") or config["n_layer"]
    names = get_tensor_name_map(arch, layers)
    writer = GGUFWriter(str(folder.with_suffix(".gguf")), {MODEL_ARCH.GEMMA3: "gemma3"}.get(arch, arch.name.lower()))
    describe(writer, config)
    for name, values in load_file(folder / "model.safetensors").items():
        values = values.to(torch.float32).numpy()
        if name.endswith(".attn.bias") or name.endswith(".attn.masked_bias"):
            continue
        if arch == MODEL_ARCH.LLAMA and ("q_proj" in name or "k_proj" in name):
            heads = config["num_attention_heads" if "q_proj" in name else "num_key_value_heads"]
            shape = values.shape
            values = values.reshape(heads, 2, shape[0] // heads // 2, *shape[1:]).swapaxes(1, 2).reshape(shape)
        if kind == "gpt2" and values.ndim == 2 and ("c_attn" in name or "c_proj" in name or "c_fc" in name):
            values = values.T
        if kind == "gemma3_text" and name.endswith("norm.weight"):
            values = values + 1
        mapped = names.get_name(name, try_suffixes=(".weight", ".bias"))
        assert mapped, name
        writer.add_tensor(mapped, np.ascontiguousarray(values), raw_dtype=GGMLQuantizationType.F32)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def describe(writer: GGUFWriter, config: dict) -> None:
    get = lambda *keys: next((config[key] for key in keys if config.get(key) is not None), None)  # noqa: E731
    writer.add_context_length(get("max_position_embeddings", "n_positions"))
    writer.add_embedding_length(get("hidden_size", "n_embd"))
    writer.add_block_count(get("num_hidden_layers", "n_layer"))
    writer.add_feed_forward_length(get("intermediate_size", "n_inner") or 4 * config["n_embd"])
    heads = get("num_attention_heads", "n_head")
    writer.add_head_count(heads)
    if config["model_type"] == "gpt2":
        writer.add_layer_norm_eps(config["layer_norm_epsilon"])
    else:
        writer.add_head_count_kv(get("num_key_value_heads"))
        writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
        rope = config.get("rope_parameters") or {}
        theta = rope.get("rope_theta") or get("rope_theta")
        if theta is None and "full_attention" in rope:
            theta = rope["full_attention"]["rope_theta"]
        writer.add_rope_freq_base(theta)
        size = get("head_dim") or config["hidden_size"] // heads
        writer.add_key_length(size)
        writer.add_value_length(size)
        if config.get("sliding_window"):
            writer.add_sliding_window(config["sliding_window"])
    writer.add_bos_token_id(get("bos_token_id"))
    end = get("eos_token_id")
    writer.add_eos_token_id(end[0] if isinstance(end, list) else end)


if __name__ == "__main__":
    for folder in sys.argv[1:]:
        main(pathlib.Path(folder))

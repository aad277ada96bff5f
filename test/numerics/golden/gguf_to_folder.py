"""Unpacks a Llama-type GGUF file into a Hugging Face folder with float32 weights, using only gguf-py.

An independent counterpart of src-main/engine/formats: the weights are dequantised by gguf-py itself, the tokenizer is
assembled here from the file's metadata. For byte-level BPE of the kind `smollm` only.

    python gguf_to_folder.py SmolLM2-135M-Instruct.Q4_1.gguf OUT_FOLDER
"""

import json
import sys
from pathlib import Path

import numpy as np
from gguf import GGUFReader, dequantize
from safetensors.numpy import save_file

NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def main(source: str, out: Path) -> None:
    reader = GGUFReader(source)
    meta = {key: field.contents() for key, field in reader.fields.items()}
    assert meta["general.architecture"] == "llama" and meta["tokenizer.ggml.pre"] == "smollm"
    out.mkdir(parents=True, exist_ok=True)
    heads, kv_heads = meta["llama.attention.head_count"], meta["llama.attention.head_count_kv"]
    tensors = {}
    for tensor in reader.tensors:
        rows = [int(size) for size in reversed(tensor.shape)]
        values = dequantize(tensor.data, tensor.tensor_type).reshape(rows).astype(np.float32)
        name = hugging_face_name(tensor.name)
        if name.endswith("q_proj.weight"):
            values = half_split(values, heads)
        if name.endswith("k_proj.weight"):
            values = half_split(values, kv_heads)
        tensors[name] = np.ascontiguousarray(values)
    save_file(tensors, str(out / "model.safetensors"), metadata={"format": "pt"})
    write(out / "config.json", config_of(meta, tied="lm_head.weight" not in tensors))
    write(out / "tokenizer.json", tokenizer_of(meta))
    tokens = meta["tokenizer.ggml.tokens"]
    end = tokens[meta["tokenizer.ggml.eos_token_id"]]
    write(
        out / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": tokens[meta["tokenizer.ggml.bos_token_id"]],
            "eos_token": end,
            "pad_token": end,
            "model_max_length": meta["llama.context_length"],
            "clean_up_tokenization_spaces": False,
            "chat_template": meta["tokenizer.chat_template"],
        },
    )
    licence, name = meta["general.license"], meta["general.basename"]
    (out / "README.md").write_text(f"---\nlicense: {licence}\n---\n# {name}, dequantised from {Path(source).name}\n")


def hugging_face_name(name: str) -> str:
    fixed = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
    module, _, kind = name.rpartition(".")
    if module in fixed:
        return f"{fixed[module]}.{kind}"
    _, layer, part = module.split(".")
    return f"model.layers.{layer}.{NAMES[part]}.{kind}"


def half_split(weight: np.ndarray, heads: int) -> np.ndarray:
    """Undoes llama.cpp's interleaving: rows (0, 1), (2, 3), … of a head become (0, half), (1, half + 1), …"""
    rows, width = weight.shape
    pairs = weight.reshape(heads, rows // heads // 2, 2, width)
    return pairs.swapaxes(1, 2).reshape(rows, width)


def config_of(meta: dict, tied: bool) -> dict:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": meta["llama.embedding_length"],
        "intermediate_size": meta["llama.feed_forward_length"],
        "num_hidden_layers": meta["llama.block_count"],
        "num_attention_heads": meta["llama.attention.head_count"],
        "num_key_value_heads": meta["llama.attention.head_count_kv"],
        "max_position_embeddings": meta["llama.context_length"],
        "vocab_size": meta["llama.vocab_size"],
        "rms_norm_eps": float(f'{meta["llama.attention.layer_norm_rms_epsilon"]:.6g}'),
        "rope_theta": meta["llama.rope.freq_base"],
        "tie_word_embeddings": tied,
        "bos_token_id": meta["tokenizer.ggml.bos_token_id"],
        "eos_token_id": meta["tokenizer.ggml.eos_token_id"],
        "torch_dtype": "float32",
    }


def tokenizer_of(meta: dict) -> dict:
    tokens = meta["tokenizer.ggml.tokens"]
    types = meta["tokenizer.ggml.token_type"]
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": i, "content": t, **flags} for i, t in enumerate(tokens) if types[i] == 3],
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "Digits", "individual_digits": True},
                {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
            ],
        },
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {token: i for i, token in enumerate(tokens)},
            "merges": [merge.split(" ") for merge in meta["tokenizer.ggml.merges"]],
        },
    }


def write(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

"""Requantises the matrices of a GGUF file: python gguf_requantise.py IN OUT Q4_0|Q8_0 [ADAPTER].

The embedding and the head are always Q8_0, as in llama.cpp's own files; vectors are float32. ADAPTER is a PEFT adapter
folder that is merged into the matrices first; its base must be of the Llama family.
"""

import json
import sys
from pathlib import Path

import numpy
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, quants
from safetensors.numpy import load_file

MODULES = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


source, target, name, *adapter = sys.argv[1:]
products, scale = {}, 1
if adapter:
    folder = Path(adapter[0])
    products = load_file(folder / "adapter_model.safetensors")
    config = json.loads((folder / "adapter_config.json").read_text())
    scale = config["lora_alpha"] / config["r"]
reader = GGUFReader(source)
architecture = str(bytes(reader.fields["general.architecture"].parts[-1]), "utf-8")
heads = {
    "attn_q": reader.fields[f"{architecture}.attention.head_count"].contents(),
    "attn_k": reader.fields[f"{architecture}.attention.head_count_kv"].contents(),
}


def added(tensor):
    """The adapter's update to the tensor of this name; 0 if there is none."""
    block, layer, kind, *_ = [*tensor.split("."), "", ""]
    prefix = f"base_model.model.model.layers.{layer}.{MODULES.get(kind)}"
    a, b = (products.get(f"{prefix}.lora_{part}.weight") for part in "AB")
    if block != "blk" or a is None:
        return 0
    product = scale * (b.astype("float32") @ a.astype("float32"))
    if kind in heads:
        # llama.cpp stores pairs that are rotated together next to each other.
        rows, width = product.shape
        product = product.reshape(heads[kind], 2, rows // heads[kind] // 2, width).swapaxes(1, 2).reshape(rows, width)
    return product


writer = GGUFWriter(target, architecture)
for field in reader.fields.values():
    if field.name.startswith("GGUF.") or field.name == "general.architecture":
        continue
    kind = field.types[0]
    inner = field.types[-1] if kind == GGUFValueType.ARRAY else None
    writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)
for tensor in reader.tensors:
    values = quants.dequantize(tensor.data, tensor.tensor_type)
    if values.ndim < 2:
        writer.add_tensor(tensor.name, values.astype("float32"))
        continue
    values = (values + added(tensor.name)).astype(numpy.float32)
    wanted = GGMLQuantizationType["Q8_0" if tensor.name in ("token_embd.weight", "output.weight") else name]
    writer.add_tensor(tensor.name, quants.quantize(values, wanted), raw_dtype=wanted)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

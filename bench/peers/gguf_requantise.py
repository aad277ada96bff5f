"""Writes a GGUF file anew with its matrices in another type: python gguf_requantise.py IN OUT Q4_0|Q8_0.

Embedding and head stay Q8_0, as llama.cpp's own files have them; vectors stay floats.
"""

import sys

from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, quants

source, target, name = sys.argv[1:]
reader = GGUFReader(source)
architecture = str(bytes(reader.fields["general.architecture"].parts[-1]), "utf-8")
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
    wanted = GGMLQuantizationType["Q8_0" if tensor.name in ("token_embd.weight", "output.weight") else name]
    writer.add_tensor(tensor.name, quants.quantize(values, wanted), raw_dtype=wanted)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

"""Gradients with label smoothing for the model, adapter and examples of make_golden.py, from PyTorch and PEFT.

    pip install -r requirements.txt && python make_label_smoothing.py

reads llama-tiny/, llama-tiny-lora/ and llama-tiny.json beside this file and writes llama-tiny-smoothed.json: the loss
with label smoothing as torch.nn.functional.cross_entropy defines it, the loss without, and the gradient of every A and B.
"""

import json
import pathlib

import peft
import torch
import transformers

here = pathlib.Path(__file__).parent
torch.set_num_threads(1)
share = 0.1
examples = json.loads((here / "llama-tiny.json").read_text())["examples"]
base = transformers.LlamaForCausalLM.from_pretrained(here / "llama-tiny", dtype=torch.float32).eval()
adapted = peft.PeftModel.from_pretrained(base, here / "llama-tiny-lora", is_trainable=True).eval()

logits, targets = [], []
for example in examples:
    ids = torch.tensor([example["ids"]])
    start = example["targetStart"]
    logits.append(adapted(input_ids=ids).logits[0, start - 1 : -1])
    targets.append(ids[0, start:])
logits, targets = torch.cat(logits), torch.cat(targets)
loss = torch.nn.functional.cross_entropy(logits, targets, label_smoothing=share)
plain = torch.nn.functional.cross_entropy(logits, targets)
trainable = {
    name.replace("base_model.model.", "").replace(".default.weight", ""): weight
    for name, weight in adapted.named_parameters()
    if "lora_" in name
}
gradients = torch.autograd.grad(loss, list(trainable.values()))


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.detach().flatten().tolist()]


golden = {
    "made": {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__, "peft": peft.__version__},
    "share": share,
    "smoothedLoss": loss.item(),
    "loss": plain.item(),
    "gradients": {name: numbers(value) for name, value in zip(trainable, gradients)},
}
(here / "llama-tiny-smoothed.json").write_text(json.dumps(golden) + "\n")

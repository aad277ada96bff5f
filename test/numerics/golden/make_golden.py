"""Golden values for a tiny random Llama and a LoRA adapter on it, from PyTorch, transformers and PEFT.

    pip install -r requirements.txt && python make_golden.py

writes llama-tiny/ (model folder), llama-tiny-lora/ (PEFT folder) and llama-tiny.json beside this file: log-probabilities of
the targets with and without the adapter, loss and gradient of every A and B, and ten AdamW steps with gradient clipping on
batches that the engine cuts into several micro-batches.
"""

import json
import pathlib

import peft
import torch
import transformers

here = pathlib.Path(__file__).parent
torch.manual_seed(0)
torch.set_num_threads(1)

config = transformers.LlamaConfig(
    vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
    max_position_embeddings=64, rms_norm_eps=1e-5, rope_theta=10000.0, tie_word_embeddings=True, attention_bias=False,
    bos_token_id=0, eos_token_id=0, initializer_range=0.3,
)
model = transformers.LlamaForCausalLM(config).to(torch.float32).eval()
for name, weight in model.named_parameters():
    if "norm" in name:
        torch.nn.init.uniform_(weight, 0.5, 1.5)
model.save_pretrained(here / "llama-tiny", safe_serialization=True)

targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
lora = peft.LoraConfig(r=4, lora_alpha=8, target_modules=targets, lora_dropout=0.0, bias="none", task_type="CAUSAL_LM")
adapted = peft.get_peft_model(model, lora)
for name, weight in adapted.named_parameters():
    if "lora_" in name:
        torch.nn.init.normal_(weight, std=0.2)
adapted.save_pretrained(here / "llama-tiny-lora", safe_serialization=True)

generator = torch.Generator().manual_seed(1)
examples = []
for length, target_start in [(12, 7), (5, 2), (20, 15), (9, 1), (3, 2), (31, 25), (16, 8), (7, 3)]:
    ids = torch.randint(1, 64, (length,), generator=generator).tolist()
    examples.append({"ids": ids, "targetStart": target_start})


def log_probabilities(network, example):
    ids = torch.tensor([example["ids"]])
    logits = network(input_ids=ids).logits[0]
    chosen = torch.log_softmax(logits, -1)[:-1].gather(1, ids[0, 1:, None])[:, 0]
    return chosen[example["targetStart"] - 1 :]


def batch_loss(batch):
    values = torch.cat([log_probabilities(adapted, example) for example in batch])
    return -values.sum() / values.numel()


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.detach().flatten().tolist()]


def key(name):
    return name.replace("base_model.model.", "").replace(".default.weight", "")


trainable = {key(name): weight for name, weight in adapted.named_parameters() if "lora_" in name}
with adapted.disable_adapter():
    base = [numbers(log_probabilities(adapted, example)) for example in examples]
with_adapter = [numbers(log_probabilities(adapted, example)) for example in examples]
loss = batch_loss(examples)
gradients = dict(zip(trainable, torch.autograd.grad(loss, list(trainable.values()))))

optimiser = torch.optim.AdamW(trainable.values(), lr=1e-2, weight_decay=0.01)
steps = []
for step in range(10):
    batch = [examples[(step * 4 + i) % len(examples)] for i in range(4)]
    optimiser.zero_grad()
    step_loss = batch_loss(batch)
    step_loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(list(trainable.values()), 0.5)
    optimiser.step()
    steps.append({"loss": step_loss.item(), "gradientNorm": norm.item()})

golden = {
    "made": {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__, "peft": peft.__version__},
    "examples": examples,
    "baseLogProbabilities": base,
    "adaptedLogProbabilities": with_adapter,
    "loss": loss.item(),
    "gradients": {name: numbers(value) for name, value in gradients.items()},
    "steps": steps,
    "final": {name: numbers(weight) for name, weight in trainable.items()},
}
(here / "llama-tiny.json").write_text(json.dumps(golden) + "\n")

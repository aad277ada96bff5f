"""Golden values for a tiny random Llama and a LoRA adapter on it, from PyTorch, transformers and PEFT.

    pip install -r requirements.txt && python make_golden.py

writes llama-tiny/ (model folder), llama-tiny-lora/ (PEFT folder) and llama-tiny.json beside this file: log-probabilities
of the targets with and without the adapter, loss and gradient of every A and B, and ten AdamW steps with gradient
clipping on batches that the engine cuts into several micro-batches. Then, for two more models of different shape and
dtype, llama-wide and llama-mha: log-probabilities, greedy generation, and the gradient of every weight (its norm and
first values).
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


def make_variant(name, dtype, **changes):
    torch.manual_seed(2)
    settings = dict(
        vocab_size=48, hidden_size=16, intermediate_size=20, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=64,
        rms_norm_eps=1e-5, attention_bias=False, bos_token_id=0, eos_token_id=0, initializer_range=0.4,
    )
    network = transformers.LlamaForCausalLM(transformers.LlamaConfig(**{**settings, **changes})).to(torch.float32).eval()
    for key_, weight in network.named_parameters():
        if "norm" in key_:
            torch.nn.init.uniform_(weight, 0.5, 1.5)
    network.to(dtype).save_pretrained(here / name, safe_serialization=True)
    # The stored weights, used in float32.
    network = transformers.LlamaForCausalLM.from_pretrained(here / name, dtype=torch.float32).eval()

    short = [{"ids": [token % 48 for token in example["ids"]], "targetStart": example["targetStart"]} for example in examples]
    values = [log_probabilities(network, example) for example in short]
    joined = torch.cat(values)
    loss_ = -joined.sum() / joined.numel()
    weights = dict(network.named_parameters())
    by_weight = dict(zip(weights, torch.autograd.grad(loss_, list(weights.values()))))

    prompts = [[5, 9, 2, 40, 33], [1], list(range(3, 23))]
    written = []
    for prompt in prompts:
        ids = torch.tensor([prompt])
        whole = network.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=40, do_sample=False, eos_token_id=None, pad_token_id=0)
        best = torch.topk(network(whole).logits[0, len(prompt) - 1 : -1], 2).values
        # With a near tie, the test would depend on rounding.
        assert (best[:, 0] - best[:, 1]).min() > 1e-3, (name, prompt)
        written.append({"promptIds": prompt, "ids": whole[0, len(prompt) :].tolist()})

    golden = {
        "examples": short,
        "logProbabilities": [numbers(value) for value in values],
        "loss": loss_.item(),
        "gradients": {key_: {"norm": value.norm().item(), "first": numbers(value.flatten()[:12])} for key_, value in by_weight.items()},
        "generated": written,
    }
    (here / f"{name}.json").write_text(json.dumps(golden) + "\n")


# An untied head, a single key-value head, and heads wider than hidden ÷ heads.
make_variant("llama-wide", torch.bfloat16, num_key_value_heads=1, head_dim=10, tie_word_embeddings=False, rope_theta=100000.0)
# Each head with its own keys and values.
make_variant("llama-mha", torch.float16, num_key_value_heads=4, tie_word_embeddings=True, rope_theta=500.0)

"""Golden values for a tiny random model of each architecture besides plain Llama, from PyTorch, transformers and PEFT.

    pip install -r requirements.txt && python make_architectures_golden.py

writes, for each NAME, NAME/ (model folder), NAME-lora/ (PEFT folder) and NAME.json beside this file: log-probabilities
of the targets with and without the adapter, loss and gradient of every A and B, the gradient of every weight (its norm
and first values), ten AdamW steps with clipping, and greedy generation. rope-scalings.json holds log-probabilities of
one model with other RoPE settings.

GPT-2's c_attn holds queries, keys and values in one module. gpt2-tiny-lora adapts q and v, each with its own A and B: to
PEFT that is one adapter of twice the rank, with zeros in B where a block meets the rows of another matrix. Masked
gradients keep them zero here. gpt2-fused-lora is an adapter as PEFT itself makes it.
"""

import json
import pathlib

import peft
import safetensors.torch
import torch
import transformers

here = pathlib.Path(__file__).parent
torch.set_num_threads(1)
vocabulary = 48
examples = []
generator = torch.Generator().manual_seed(1)
for length, target_start in [(12, 7), (5, 2), (20, 15), (9, 1), (3, 2), (31, 25), (16, 8), (7, 3)]:
    ids = torch.randint(1, vocabulary, (length,), generator=generator).tolist()
    examples.append({"ids": ids, "targetStart": target_start})


def log_probabilities(network, example):
    ids = torch.tensor([example["ids"]])
    logits = network(input_ids=ids).logits[0]
    chosen = torch.log_softmax(logits, -1)[:-1].gather(1, ids[0, 1:, None])[:, 0]
    return chosen[example["targetStart"] - 1 :]


def batch_loss(network, batch):
    values = torch.cat([log_probabilities(network, example) for example in batch])
    return -values.sum() / values.numel()


def numbers(tensor):
    return [float(f"{value:.7g}") for value in tensor.detach().flatten().tolist()]


def greedy(network, prompt, count):
    ids = torch.tensor([prompt])
    settings = dict(max_new_tokens=count, do_sample=False, eos_token_id=None, pad_token_id=0)
    whole = network.generate(ids, attention_mask=torch.ones_like(ids), **settings)
    best = torch.topk(network(whole).logits[0, len(prompt) - 1 : -1], 2).values
    return whole[0, len(prompt) :].tolist(), (best[:, 0] - best[:, 1]).min().item()


def new_model(name, config, dtype, seed):
    torch.manual_seed(seed)
    network = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager").to(torch.float32).eval()
    for key, weight in network.named_parameters():
        if weight.dim() == 1 and "norm" in key or "ln_" in key and key.endswith("weight"):
            # Gemma's norms are stored minus 1.
            centre = 0.0 if config.model_type == "gemma3_text" else 1.0
            torch.nn.init.uniform_(weight, centre - 0.5, centre + 0.5)
        elif weight.dim() == 1:
            torch.nn.init.normal_(weight, std=0.2)
    network.to(dtype).save_pretrained(here / name, safe_serialization=True)
    # The stored weights, used in float32.
    return transformers.AutoModelForCausalLM.from_pretrained(here / name, dtype=torch.float32, attn_implementation="eager").eval()


def make(name, config, dtype, targets, blocks=()):
    prompts = [[5, 9, 2, 40, 33], [1], list(range(3, 23))]
    for seed in range(100):
        network = new_model(name, config, dtype, seed)
        with torch.no_grad():
            written = [greedy(network, prompt, 24) for prompt in prompts]
        # With a near tie, the test would depend on rounding.
        if min(margin for _, margin in written) > 2e-3:
            break
    else:
        raise SystemExit(f"{name}: no seed without a near tie")

    weights = dict(network.named_parameters())
    base = [numbers(log_probabilities(network, example)) for example in examples]
    by_weight = dict(zip(weights, torch.autograd.grad(batch_loss(network, examples), list(weights.values()))))

    rank = 2 * max(1, len(blocks))
    lora = peft.LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=targets, lora_dropout=0.0, task_type="CAUSAL_LM")
    torch.manual_seed(7)
    adapted = peft.get_peft_model(network, lora)
    trainable = {key_(key): weight for key, weight in adapted.named_parameters() if "lora_" in key}
    for key, weight in trainable.items():
        torch.nn.init.normal_(weight, std=0.2)
        if blocks:
            mask = block_mask(key, weight, blocks)
            weight.data = torch.where(mask > 0, weight.data, torch.zeros(()))
            weight.register_hook(lambda gradient, mask=mask: gradient * mask)
    save_adapter(adapted, f"{name}-lora", blocks)

    with_adapter = [numbers(log_probabilities(adapted, example)) for example in examples]
    loss = batch_loss(adapted, examples)
    loss.backward()
    gradients = {key: numbers(weight.grad) for key, weight in trainable.items()}
    optimiser = torch.optim.AdamW(trainable.values(), lr=1e-2, weight_decay=0.01)
    steps = []
    for step in range(10):
        batch = [examples[(step * 4 + i) % len(examples)] for i in range(4)]
        optimiser.zero_grad()
        step_loss = batch_loss(adapted, batch)
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
        "gradients": gradients,
        "weightGradients": {key: {"norm": value.norm().item(), "first": numbers(value.flatten()[:8])} for key, value in by_weight.items()},
        "steps": steps,
        "final": {key: numbers(weight) for key, weight in trainable.items()},
        "generated": [{"promptIds": prompt, "ids": ids} for prompt, (ids, _) in zip(prompts, written)],
    }
    (here / f"{name}.json").write_text(json.dumps(golden) + "\n")


def key_(name):
    return name.replace("base_model.model.", "").replace(".default.weight", "")


def block_mask(key, weight, blocks):
    """1 where a GPT-2 adapter in blocks may be non-zero. Modules other than c_attn use the first block."""
    mask = torch.zeros_like(weight)
    rank = weight.shape[0 if key.endswith("lora_A") else 1] // len(blocks)
    if "c_attn" not in key:
        (mask[:rank] if key.endswith("lora_A") else mask[:, :rank]).fill_(1)
    elif key.endswith("lora_A"):
        mask.fill_(1)
    else:
        third = weight.shape[0] // 3
        for i, block in enumerate(blocks):
            part = "qkv".index(block)
            mask[part * third : (part + 1) * third, i * rank : (i + 1) * rank] = 1
    return mask


def save_adapter(adapted, name, blocks):
    adapted.save_pretrained(here / name, safe_serialization=True)
    (here / name / "README.md").unlink(missing_ok=True)
    # Without this machine's folder, and in a stable order.
    path = here / name / "adapter_config.json"
    config = json.loads(path.read_text())
    config["base_model_name_or_path"] = pathlib.Path(config["base_model_name_or_path"]).name
    config["target_modules"] = sorted(config["target_modules"])
    path.write_text(json.dumps(config, indent=2) + "\n")
    if blocks:
        path = here / name / "adapter_model.safetensors"
        tensors = safetensors.torch.load_file(path)
        safetensors.torch.save_file(tensors, path, {"format": "pt", "adapter_studio_blocks": ",".join(blocks)})


def make_fused_gpt2():
    network = transformers.AutoModelForCausalLM.from_pretrained(here / "gpt2-tiny", dtype=torch.float32).eval()
    adapted = peft.get_peft_model(network, peft.LoraConfig(r=3, lora_alpha=4, fan_in_fan_out=True, task_type="CAUSAL_LM"))
    torch.manual_seed(8)
    for key, weight in adapted.named_parameters():
        if "lora_" in key:
            torch.nn.init.normal_(weight, std=0.2)
    save_adapter(adapted, "gpt2-fused-lora", ())
    golden = {"adaptedLogProbabilities": [numbers(log_probabilities(adapted, example)) for example in examples]}
    (here / "gpt2-fused.json").write_text(json.dumps(golden) + "\n")


def make_rope_scalings():
    scalings = [
        {"rope_type": "default"},
        {"rope_type": "linear", "factor": 4.0},
        {"rope_type": "dynamic", "factor": 4.0},
        {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 16},
        {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16},
        {"rope_type": "yarn", "factor": 8.0, "original_max_position_embeddings": 8, "beta_fast": 4.0, "beta_slow": 0.5, "attention_factor": 1.3},
        {"rope_type": "yarn", "factor": 8.0, "original_max_position_embeddings": 8, "mscale": 0.7, "mscale_all_dim": 0.4, "truncate": False},
    ]
    made = []
    for scaling in scalings:
        config = transformers.AutoConfig.from_pretrained(here / "qwen3-tiny")
        config.rope_parameters = {"rope_theta": 500.0, **scaling}
        network = transformers.AutoModelForCausalLM.from_pretrained(here / "qwen3-tiny", config=config, dtype=torch.float32).eval()
        with torch.no_grad():
            values = [numbers(log_probabilities(network, example)) for example in examples]
        made.append({"scaling": scaling, "logProbabilities": values})
    (here / "rope-scalings.json").write_text(json.dumps({"examples": examples, "theta": 500.0, "scalings": made}) + "\n")


small = dict(
    vocab_size=vocabulary, hidden_size=16, intermediate_size=20, num_hidden_layers=2, num_attention_heads=4,
    max_position_embeddings=64, rms_norm_eps=1e-5, bos_token_id=0, eos_token_id=0, initializer_range=0.3,
)
matrices = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

make(
    "llama3-tiny",
    transformers.LlamaConfig(
        **small, num_key_value_heads=2, attention_bias=True, mlp_bias=True, tie_word_embeddings=False,
        rope_parameters={
            "rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 16,
        },
    ),
    torch.float32, matrices,
)
make("mistral-tiny", transformers.MistralConfig(**small, num_key_value_heads=2, sliding_window=6), torch.bfloat16, matrices)
make("qwen2-tiny", transformers.Qwen2Config(**small, num_key_value_heads=2, tie_word_embeddings=True), torch.bfloat16, matrices)
make(
    "qwen3-tiny",
    transformers.Qwen3Config(**small, num_key_value_heads=2, head_dim=12, tie_word_embeddings=True, use_sliding_window=True, sliding_window=7, max_window_layers=1),
    torch.bfloat16, matrices,
)
make(
    "gemma3-tiny",
    transformers.Gemma3TextConfig(
        **small, num_key_value_heads=1, head_dim=10, query_pre_attn_scalar=9, sliding_window=5, sliding_window_pattern=2,
        pad_token_id=0, tie_word_embeddings=True,
        rope_parameters={
            "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
        },
    ),
    torch.bfloat16, matrices,
)
make(
    "gpt2-tiny",
    transformers.GPT2Config(
        vocab_size=vocabulary, n_embd=16, n_layer=2, n_head=4, n_positions=64, n_inner=20, bos_token_id=0, eos_token_id=0,
        initializer_range=0.3, scale_attn_by_inverse_layer_idx=True, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
    ),
    torch.float32, ["c_attn", "attn.c_proj", "c_fc", "mlp.c_proj"], blocks=("q", "v"),
)
make_fused_gpt2()
make_rope_scalings()

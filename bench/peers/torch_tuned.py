"""The fastest loop we could write in PyTorch: no padding, head on target positions only, bfloat16 or float32.

    python bench/peers/torch_tuned.py job.json [float32|bfloat16]

Each half of a batch is packed into one sequence with a block-diagonal causal mask; only A and B get gradients.
See bench/train.ts for the job and for the result printed on standard output.
"""

import json
import resource
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

job = json.load(open(sys.argv[1]))
dtype = getattr(torch, sys.argv[2] if len(sys.argv) > 2 else "bfloat16")
torch.set_num_threads(job["threads"])
torch.manual_seed(0)

model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=dtype, attn_implementation="sdpa")
config = LoraConfig(r=job["rank"], lora_alpha=job["alpha"], target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
model = get_peft_model(model, config)
body, head = model.base_model.model.model, model.base_model.model.lm_head
trainable = [p for p in model.parameters() if p.requires_grad]
for p in trainable:
    p.data = p.data.float()
optimiser = torch.optim.AdamW(trainable, lr=job["learningRate"], weight_decay=0.0)


def packed(rows):
    ids = torch.tensor([i for row in rows for i in row["ids"]])[None]
    places = torch.tensor([p for row in rows for p in range(len(row["ids"]))])[None]
    owner = torch.tensor([n for n, row in enumerate(rows) for _ in row["ids"]])
    total = ids.shape[1]
    seen = (owner[:, None] == owner[None, :]) & torch.ones(total, total).tril().bool()
    mask = torch.zeros(total, total, dtype=dtype).masked_fill(~seen, torch.finfo(dtype).min)[None, None]
    before, targets, start = [], [], 0
    for row in rows:
        before += [start + i - 1 for i in range(row["targetStart"], len(row["ids"]))]
        targets += row["ids"][row["targetStart"] :]
        start += len(row["ids"])
    return ids, places, mask, torch.tensor(before), torch.tensor(targets)


seconds, losses = [], []
for step in range(job["steps"]):
    rows = job["rows"][step * job["batchSize"] : (step + 1) * job["batchSize"]]
    begun = time.perf_counter()
    # Two halves, so that the mask stays small.
    half = (len(rows) + 1) // 2
    count = sum(len(row["ids"]) - row["targetStart"] for row in rows)
    loss = 0.0
    for part in (rows[:half], rows[half:]):
        if not part:
            continue
        ids, places, mask, before, targets = packed(part)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
            states = body(input_ids=ids, position_ids=places, attention_mask=mask, use_cache=False).last_hidden_state
            logits = head(states[0, before])
        part_loss = torch.nn.functional.cross_entropy(logits.float(), targets, reduction="sum") / count
        part_loss.backward()
        loss += part_loss.item()
    torch.nn.utils.clip_grad_norm_(trainable, 1.0)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    seconds.append(time.perf_counter() - begun)
    losses.append(loss)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "losses": losses, "peakRssBytes": peak}))

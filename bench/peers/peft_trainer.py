"""What most people run: PEFT with the Trainer of transformers in float32, each batch padded to its longest row.

    python bench/peers/peft_trainer.py job.json

See bench/train.ts for the job and for the result printed on standard output.
"""

import json
import resource
import sys
import tempfile
import time

import torch
from peft import LoraConfig, get_peft_model
from torch.utils.data import Dataset, SequentialSampler
from transformers import AutoModelForCausalLM, Trainer, TrainerCallback, TrainingArguments

job = json.load(open(sys.argv[1]))
torch.set_num_threads(job["threads"])
torch.manual_seed(0)
batch = job["batchSize"]


class Rows(Dataset):
    def __len__(self):
        return job["steps"] * batch

    def __getitem__(self, i):
        return job["rows"][i]


def collate(rows):
    longest = max(len(row["ids"]) for row in rows)
    pad = lambda values, filler: values + [filler] * (longest - len(values))
    return {
        "input_ids": torch.tensor([pad(row["ids"], 0) for row in rows]),
        "attention_mask": torch.tensor([pad([1] * len(row["ids"]), 0) for row in rows]),
        "labels": torch.tensor(
            [pad([-100] * row["targetStart"] + row["ids"][row["targetStart"] :], -100) for row in rows]
        ),
    }


class InOrder(Trainer):
    def _get_train_sampler(self, *_):
        return SequentialSampler(self.train_dataset)


class Clock(TrainerCallback):
    seconds, losses = [], []

    def on_step_begin(self, *_, **__):
        self.begun = time.perf_counter()

    def on_step_end(self, *_, **__):
        self.seconds.append(time.perf_counter() - self.begun)

    def on_log(self, _args, _state, _control, logs, **__):
        if "loss" in logs:
            self.losses.append(logs["loss"])


model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32)
config = LoraConfig(r=job["rank"], lora_alpha=job["alpha"], target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
model = get_peft_model(model, config)
clock = Clock()
with tempfile.TemporaryDirectory() as folder:
    arguments = TrainingArguments(
        output_dir=folder,
        per_device_train_batch_size=batch,
        max_steps=job["steps"],
        learning_rate=job["learningRate"],
        lr_scheduler_type="constant",
        weight_decay=0.0,
        max_grad_norm=1.0,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
        remove_unused_columns=False,
    )
    # Trainer prints its logs: keep them out of the answer.
    real, sys.stdout = sys.stdout, sys.stderr
    InOrder(model=model, args=arguments, train_dataset=Rows(), data_collator=collate, callbacks=[clock]).train()
    sys.stdout = real
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": clock.seconds, "losses": clock.losses, "peakRssBytes": peak}))

"""Golden values for SmolLM2-135M-Instruct itself, with the weights of its Q4_1 GGUF file in float32.

    pip install -r requirements.txt
    python gguf_to_folder.py SmolLM2-135M-Instruct.Q4_1.gguf FOLDER
    python make_smollm2.py FOLDER SHARED_DATA

writes smollm2.json beside this file, by transformers in float32: log-probabilities of the target tokens in rows of real
data sets (questions about passages, text to SQL, summaries), prompted through the chat template; and greedy continuations
with the margin between the best and second-best score at each step.
"""

import csv
import itertools
import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

here = pathlib.Path(__file__).parent
ROWS = [("mrc/xquad_en", 6), ("nl2sql/spider_en", 7), ("summarisation/mts_dialog", 5)]
QUESTIONS = ["What is the capital of France?", "Write a SQL query that counts the rows of the table singer.", "Name the planets of the solar system."]


def main(folder: str, data: str) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()

    def prompt(text: str) -> list:
        turns = [{"role": "user", "content": text}]
        return tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=True)["input_ids"]

    examples = []
    for place, count in ROWS:
        with pathlib.Path(data, place, "dev.csv").open(encoding="utf-8") as file:
            rows = (row for row in csv.DictReader(file) if len(row["context"]) < 1200 and len(row["target"]) < 250)
            for row in itertools.islice(rows, count):
                start = prompt(row["context"])
                ids = start + tokenizer.encode(row["target"], add_special_tokens=False) + [tokenizer.eos_token_id]
                with torch.no_grad():
                    scores = torch.log_softmax(model(torch.tensor([ids])).logits[0].double(), -1)
                logprobs = [round(scores[i - 1, ids[i]].item(), 6) for i in range(len(start), len(ids))]
                examples.append({"ids": ids, "targetStart": len(start), "logprobs": logprobs})

    continuations = []
    for question in QUESTIONS:
        ids, margins = prompt(question), []
        start = len(ids)
        with torch.no_grad():
            past, fresh = None, ids
            while len(ids) < start + 64:
                step = model(torch.tensor([fresh]), past_key_values=past, use_cache=True)
                past, best = step.past_key_values, torch.topk(step.logits[0, -1], 2)
                margins.append(round((best.values[0] - best.values[1]).item(), 5))
                fresh = [best.indices[0].item()]
                ids = ids + fresh
        continuations.append({"question": question, "prompt": ids[:start], "ids": ids[start:], "margins": margins})

    lines = ",\n".join(json.dumps(each) for each in examples)
    more = ",\n".join(json.dumps(each) for each in continuations)
    (here / "smollm2.json").write_text('{\n"examples": [\n' + lines + '\n],\n"continuations": [\n' + more + "\n]\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Golden values for PEFT adapters on llama-tiny that treat its modules differently, from PyTorch, transformers and PEFT.

    pip install -r requirements.txt && python make_choice_golden.py

after make_golden.py, whose model and examples it takes. Writes a PEFT folder for each adapter, llama-tiny-NAME, and
llama-tiny-choice.json: the log-probabilities of the targets with each.
"""

import json
import pathlib

import peft
import torch
import transformers

here = pathlib.Path(__file__).parent
torch.set_num_threads(1)
examples = json.loads((here / "llama-tiny.json").read_text())["examples"]

adapters = {
    # Ranks and alphas of their own, in the second layer alone.
    "ranks": dict(
        r=2, lora_alpha=6, target_modules=["q_proj", "v_proj", "down_proj"], rank_pattern={"v_proj": 3, "q_proj": 1},
        alpha_pattern={"mlp.down_proj": 5, "q_proj": 7}, use_rslora=True, layers_to_transform=[1],
    ),
    # A pattern that matches other modules in each layer.
    "pattern": dict(r=2, lora_alpha=6, target_modules=r".*(0\.self_attn\.(q|k)|1\.mlp\.up)_proj"),
    # All linear layers but some.
    "excluded": dict(r=2, lora_alpha=6, target_modules="all-linear", exclude_modules=["up_proj", "model.layers.0.self_attn.o_proj"]),
}


def log_probabilities(network, example):
    ids = torch.tensor([example["ids"]])
    logits = network(input_ids=ids).logits[0]
    chosen = torch.log_softmax(logits, -1)[:-1].gather(1, ids[0, 1:, None])[:, 0]
    return chosen[example["targetStart"] - 1 :]


golden = {}
for name, settings in adapters.items():
    torch.manual_seed(3)
    model = transformers.LlamaForCausalLM.from_pretrained(here / "llama-tiny", dtype=torch.float32).eval()
    adapted = peft.get_peft_model(model, peft.LoraConfig(bias="none", task_type="CAUSAL_LM", **settings)).eval()
    for key, weight in adapted.named_parameters():
        if "lora_" in key:
            torch.nn.init.normal_(weight, std=0.3)
    folder = here / f"llama-tiny-{name}"
    adapted.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    config = json.loads((folder / "adapter_config.json").read_text())
    # The set of names is written in another order each time.
    modules = config["target_modules"]
    config |= {"base_model_name_or_path": None, "target_modules": modules if isinstance(modules, str) else sorted(modules)}
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n")
    with torch.no_grad():
        golden[name] = [[round(value, 6) for value in log_probabilities(adapted, example).tolist()] for example in examples]
(here / "llama-tiny-choice.json").write_text(json.dumps(golden) + "\n")

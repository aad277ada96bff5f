"""Golden ids of small tokenizers, one per family used by base models, trained on a few lines by the reference libraries.

    pip install -r requirements.txt && python make_tokenizers.py

writes tokenizers/ beside this file. For each family of byte-level BPE (tokenizers): <family>.json, its tokenizer.json,
and <family>.gguf, the same vocabulary as llama.cpp's converter stores it (gguf-py). For SentencePiece BPE
(sentencepiece): spm.gguf. For Unigram: unigram.json. ids.json holds the test texts and their ids for each family, by
`tokenizers`, or by its own library for SentencePiece.

With the tokenizer of SmolLM2 itself (a folder made by gguf_to_folder.py) as an argument, its ids are written as well.
"""

import json
import pathlib
import sys

import sentencepiece
from gguf import GGUFWriter
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

out = pathlib.Path(__file__).parent / "tokenizers"

TEXTS = [
    "The quick brown fox jumps over the lazy dog. It's what they'LL do, isn't it?",
    "서울은 대한민국의 수도이며, 한강이 도시를 가로지른다. 맞춤법도 띄어쓰기도 중요하다!",
    "Der Fuß der Straße führt über große Brücken; Äpfel kosten 3,50 € das Kilo.",
    "北京是中华人民共和国的首都，人口超过二千万。你好，世界！",
    "العربية لغة جميلة، وتُكتب من اليمين إلى اليسار ١٢٣.",
    "Emoji: 🙂🙃 👩‍👩‍👧‍👦 🇰🇷 ❤️ and a lone \U0001f9ff",
    "SELECT name, count(*) FROM singer WHERE age >= 30 AND country = 'Côte d''Ivoire' GROUP BY name;",
    "def f(x):\n    return {k: v**2 for k, v in x.items() if k != \"a\"}  # 12345 67\n\n\n\tdone",
    "  two blanks before,   three within, and some behind   ",
    "line one\r\nline two\n\n  indented\n \n1234567890 0.001 1e-5 2026-11-25",
    "Ame\u0301lie and Am\u00e9lie, \u1112\u1161\u11ab\u1100\u1173\u11af and 한글",
    "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n",
    "",
    " ",
    "a",
    "ＦＵＬＬ ｗｉｄｔｈ ½ ① ﬁ \u00a0 \u200b \ufeff x",
]
# Not trained on: characters that libraries classify differently as white space, letters and digits.
HARDER = [
    "\ufeffid;Name\r\n\ufeff 's\ufeff'LL x\ufeff\ufeff",
    "a\x85b \x85's\x85\x85 'm\u2028x\u2029 \u000b \u000c",
    "\u00a0 \u3000x\u2003\r\n\t \r\r\n \u00a0",
    "a<|im_end|>\tb <|endoftext|>\r\n<|im_start|",
    "e\u0301\u0323 Z\u0351\u036b\u0343A\u0316 \u0301 n\u0303\u0303",
    "👩🏽‍🚀🏳️‍🌈🇩🇪🇰 1️⃣#️⃣☠️\u200d \ufe0f",
    "I'M you'Re 'ſ İıẞßǅ ﬁÅK ½²³①ⅷ 𝟘٣१〇 𠮷𩸽",
    "שָׁלוֹם مَرْحَبًا ﷽ हिन्दी ไทย ก็ 각\u1100\u1161\u11a8 か\u3099ｶﾞ \u202e\u00ad",
    "x" * 700 + "가나다" * 60 + " " * 90 + "1234567890" * 9 + "\n" * 40,
    "\0\x1b[0m\x7f \ufffd\uffff\U0010ffff ▁Ġ_ <0x0A>",
]
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]

CASES = {
    "llama-bpe": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "qwen2": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "tekken": r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
}


def pre_tokenizer(family: str):
    if family == "gpt-2":
        return pre_tokenizers.ByteLevel(add_prefix_space=False)
    if family == "smollm":
        return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    return pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(CASES[family]), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )


def byte_level(family: str) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(ignore_merges=family in ("llama-bpe", "tekken")))
    if family == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizer(family)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=560, special_tokens=SPECIALS, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(TEXTS * 2, trainer)
    if family in ("llama-bpe", "tekken"):
        start = SPECIALS[0]
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{start} $A", pair=f"{start} $A {start} $B", special_tokens=[(start, tokenizer.token_to_id(start))]
        )
    return tokenizer


def vocabulary_file(path: pathlib.Path, kind: str, tokens: list, types: list, **more) -> None:
    writer = GGUFWriter(str(path), "llama")
    writer.add_tokenizer_model(kind)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    if "pre" in more:
        writer.add_tokenizer_pre(more["pre"])
        writer.add_token_merges(more["merges"])
    if "scores" in more:
        writer.add_token_scores(more["scores"])
    writer.add_bos_token_id(more["bos"])
    writer.add_eos_token_id(more["eos"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def compact(path: pathlib.Path, tokenizer: Tokenizer) -> None:
    path.write_text(json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":")) + "\n")


def main() -> None:
    out.mkdir(exist_ok=True)
    golden = {"texts": TEXTS + HARDER, "ids": {}}
    for family in ["gpt-2", "smollm", *CASES]:
        tokenizer = byte_level(family)
        compact(out / f"{family}.json", tokenizer)
        model = json.loads(tokenizer.to_str())["model"]
        tokens = sorted(model["vocab"], key=model["vocab"].get)
        types = [3 if token in SPECIALS else 1 for token in tokens]
        merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]]
        vocabulary_file(out / f"{family}.gguf", "gpt2", tokens, types, pre=family, merges=merges, bos=0, eos=2)
        golden["ids"][family] = [tokenizer.encode(text, add_special_tokens=False).ids for text in golden["texts"]]

    corpus = [line for text in TEXTS for line in text.splitlines() if line.strip()] * 3
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus), model_prefix=str(out / "spm"), vocab_size=700, model_type="bpe", byte_fallback=True,
        character_coverage=0.98, normalization_rule_name="identity", remove_extra_whitespaces=False, split_digits=True,
        allow_whitespace_only_pieces=True, minloglevel=2,
    )  # fmt: skip
    spm = sentencepiece.SentencePieceProcessor(model_file=str(out / "spm.model"))
    size = spm.get_piece_size()
    kinds = [2 if spm.is_unknown(i) else 3 if spm.is_control(i) else 6 if spm.is_byte(i) else 1 for i in range(size)]
    pieces, scores = [spm.id_to_piece(i) for i in range(size)], [spm.get_score(i) for i in range(size)]
    vocabulary_file(out / "spm.gguf", "llama", pieces, kinds, scores=scores, bos=spm.bos_id(), eos=spm.eos_id())
    golden["ids"]["spm"] = [spm.encode(text) for text in golden["texts"]]
    (out / "spm.model").unlink()
    (out / "spm.vocab").unlink()

    unigram = Tokenizer(models.Unigram())
    unigram.normalizer = normalizers.NFKC()
    unigram.pre_tokenizer = pre_tokenizers.Metaspace()
    unigram.decoder = decoders.Metaspace()
    unigram.train_from_iterator(TEXTS * 2, trainers.UnigramTrainer(vocab_size=500, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False))
    compact(out / "unigram.json", unigram)
    golden["ids"]["unigram"] = [unigram.encode(text, add_special_tokens=False).ids for text in golden["texts"]]

    for folder in sys.argv[1:]:
        own = Tokenizer.from_file(f"{folder}/tokenizer.json")
        golden["ids"]["smollm2-135m-instruct"] = [own.encode(text, add_special_tokens=False).ids for text in golden["texts"]]
    lines = [f"{json.dumps(name)}: {json.dumps(ids)}" for name, ids in golden["ids"].items()]
    texts = json.dumps(golden["texts"], indent=1)
    (out / "ids.json").write_text('{\n"texts": ' + texts + ',\n"ids": {\n' + ",\n".join(lines) + "\n}\n}\n")


if __name__ == "__main__":
    main()

"""Writes stems.json, English words and their stems by NLTK's PorterStemmer, which rouge-score uses, and
rouge-stemmed.json, scores of rouge-score with use_stemmer=True on the pairs of rouge.json.

    pip install -r requirements.txt
    python make_stems.py FOLDER_WITH_TEXTS [--all]

Uses the words of every CSV and text file below the folder, and made-up ones with every suffix known to the stemmer.
Without --all only every 40th word is kept, for a small file; --all writes all of them to stems-all.json.
"""

import json
import pathlib
import re
import sys

from nltk.stem.porter import PorterStemmer
from rouge_score import rouge_scorer

here = pathlib.Path(__file__).parent
words = set()
for file in sorted(pathlib.Path(sys.argv[1]).rglob("*")):
    if file.suffix in {".csv", ".md", ".txt"} and file.is_file():
        words.update(re.findall(r"[a-z0-9]+", file.read_text(errors="ignore").lower()))
words = {word for word in words if len(word) < 40}
beginnings = ["a", "be", "try", "cat", "hop", "fall", "agre", "relat", "conform", "hypothet", "oscillat", "y", "sky", "toy"]
suffixes = """s es ies sses ss ed ing eed ied y ational tional enci anci izer bli abli alli entli eli ousli ization ation
ator alism iveness fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al ance ence er ic
able ible ant ement ment ent ion sion tion ou ism ate iti ous ive ize e ll led ling ssing zzed""".split()
words.update(start + suffix for start in beginnings for suffix in suffixes)
stemmer = PorterStemmer()
ordered = sorted(words)
pairs = [[word, stemmer.stem(word)] for word in ordered]
if "--all" in sys.argv:
    (here / "stems-all.json").write_text(json.dumps(pairs))
made = {start + suffix for start in beginnings for suffix in suffixes}
kept = [pair for place, pair in enumerate(pairs) if place % 40 == 0 or pair[0] in made]
(here / "stems.json").write_text(json.dumps(kept, separators=(",", ":")) + "\n")

scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)
stemmed = []
for answer, target, *_ in json.loads((here / "rouge.json").read_text()):
    scores = scorer.score(target, answer)
    stemmed.append([answer, target, *(scores[name].fmeasure for name in ("rouge1", "rouge2", "rougeL"))])
(here / "rouge-stemmed.json").write_text(json.dumps(stemmed, ensure_ascii=False) + "\n")
print(len(words), "words,", len(kept), "kept;", len(stemmed), "pairs of texts")

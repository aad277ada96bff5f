"""Recomputes the metrics of answers with the reference implementations, for comparison in before-after.ts.

    python recompute.py TASK ANSWERS.csv [--mlqa DIR] [--databases DIR --ids FILE --spider DIR]

ANSWERS.csv is an evaluation exported by the studio. By TASK:

- summarisation: rouge-score, without and with its stemmer.
- mrc: exact match and F1 of the official MLQA script, whose rules for English are SQuAD's. `--mlqa` is a checkout of
  facebookresearch/MLQA.
- nl2sql: sqlite3 runs both queries on `--databases`/<database>.sqlite, and `result_eq` of taoyds/test-suite-sql-eval
  (`--spider` is a checkout) compares their results. `--ids` is a CSV with the columns id and db that gives the database
  of each row.

Prints {"rows": COUNT, "models": {NAME: {METRIC: mean}}}.
"""

import argparse
import csv
import importlib.util
import json
import pathlib
import re
import sqlite3
import sys

arguments = argparse.ArgumentParser()
arguments.add_argument("task")
arguments.add_argument("answers", type=pathlib.Path)
for name in ["databases", "spider", "mlqa", "ids"]:
    arguments.add_argument(f"--{name}", type=pathlib.Path)
given = arguments.parse_args()

csv.field_size_limit(2**30)
with open(given.answers, encoding="utf-8-sig", newline="") as file:
    head, *rows = csv.reader(file)
# A model's answers are in the column whose name other columns start with: "NAME", "NAME: measure", ...
models = [name for name in head[3:] if any(other.startswith(f"{name}: ") and other != name for other in head)]
models = [name for name in models if not any(name.startswith(f"{other}: ") for other in models if other != name)]
target_at = head.index("target")


def module_of(path):
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_").replace(".", "_"), path)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def summarisation():
    from rouge_score import rouge_scorer

    names = ["rouge1", "rouge2", "rougeL"]
    plain = rouge_scorer.RougeScorer(names, use_stemmer=False)
    stemmed = rouge_scorer.RougeScorer(names, use_stemmer=True)

    def marks(answer, row):
        found = {name: plain.score(row[target_at], answer)[name].fmeasure for name in names}
        return found | {f"{name}Stemmed": stemmed.score(row[target_at], answer)[name].fmeasure for name in names}

    return marks


def mrc():
    script = module_of(given.mlqa / "mlqa_evaluation_v1.py")

    def marks(answer, row):
        return {
            "exactMatch": float(script.exact_match_score(answer, row[target_at], "en")),
            "f1": float(script.f1_score(answer, row[target_at], "en")),
        }

    return marks


def nl2sql():
    suite = module_of(given.spider / "exec_eval.py")
    with open(given.ids, encoding="utf-8-sig", newline="") as file:
        database_of = {row["id"]: row["db"] for row in csv.DictReader(file)}

    def run(database, query):
        connection = sqlite3.connect(f"file:{given.databases / database}.sqlite?mode=ro", uri=True)
        connection.text_factory = lambda data: data.decode(errors="ignore")
        try:
            return connection.execute(query).fetchall()
        except (sqlite3.Error, sqlite3.Warning):
            return None
        finally:
            connection.close()

    def ready(query):
        # As the test suite prepares a query: spaces within operators closed up, the current year fixed, no DISTINCT.
        for split, whole in [("> =", ">="), ("< =", "<="), ("! =", "!=")]:
            query = query.replace(split, whole)
        return suite.remove_distinct(re.sub(r"YEAR\s*\(\s*CURDATE\s*\(\s*\)\s*\)\s*", "2020", query))

    def marks(answer, row):
        database, target = database_of[row[head.index("id")]], row[target_at]
        expected, found = run(database, ready(target)), run(database, ready(answer))
        same = expected is not None and found is not None and suite.result_eq(expected, found, "order by" in target.lower())
        return {"executionAccuracy": float(same), "runs": float(found is not None)}

    return marks


marks = {"summarisation": summarisation, "mrc": mrc, "nl2sql": nl2sql}[given.task]()
measured = {}
for model in models:
    at = head.index(model)
    all_marks = [marks(row[at], row) for row in rows]
    measured[model] = {name: sum(each[name] for each in all_marks) / len(rows) for name in all_marks[0]}
print(json.dumps({"rows": len(rows), "models": measured}))

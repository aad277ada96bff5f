"""Golden values for the metrics, from the reference implementations.

    pip install -r requirements.txt
    python make_metrics.py --spider DIR --mlqa DIR --squad1 FILE --squad2 FILE --korquad FILE --data DIR

`--spider` is a checkout of taoyds/test-suite-sql-eval, `--mlqa` one of facebookresearch/MLQA; `--squad1`, `--squad2` and
`--korquad` are the official evaluation scripts (evaluate-v1.1.py, evaluate-v2.0.py, evaluate-korQuAD v1.0); `--data`
holds the open data sets (mrc/xquad_*, nl2sql/spider_en, summarisation/*). Writes rouge.json, answers.json and sql.json
beside this file. The cases are drawn with a fixed seed from targets in the data and what a model might write instead.
"""

import argparse
import csv
import importlib.util
import json
import pathlib
import random
import sqlite3
import sys

arguments = argparse.ArgumentParser()
for name in ["spider", "mlqa", "squad1", "squad2", "korquad", "data"]:
    arguments.add_argument(f"--{name}", required=True, type=pathlib.Path)
paths = arguments.parse_args()
here = pathlib.Path(__file__).parent
databases = here / "../../../../resources/samples/databases/spider"
dice = random.Random(0)


def module_of(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def rows_of(path):
    with open(paths.data / path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def changed(text):
    """What a model might write instead."""
    words = text.split(" ")
    how = dice.randrange(9)
    if how == 0:
        return text
    if how == 1:
        return text.upper() + "."
    if how == 2:
        return "The " + text
    if how == 3:
        return " ".join(words[: max(1, len(words) // 2)])
    if how == 4:
        return " ".join(word for word in words if dice.random() > 0.3)
    if how == 5:
        return " ".join(words + words[-2:])
    if how == 6:
        dice.shuffle(words)
        return " ".join(words)
    if how == 7:
        return f"“{text}” (an answer), i.e. {words[0]}!"
    return text[1:-1]


def pairs_of(targets, count):
    targets = [target for target in targets if 0 < len(target) <= 320]
    for _ in range(count):
        target = dice.choice(targets)
        answer = changed(target) if dice.random() < 0.8 else dice.choice(targets)
        yield answer, target


def make_rouge():
    from rouge_score import rouge_scorer

    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"])
    targets = [row["target"] for path in ["scitldr", "mts_dialog", "legal_plain"] for row in rows_of(f"summarisation/{path}/dev.csv")]
    pairs = list(pairs_of(targets, 150)) + [("", "a b"), ("a b", ""), ("", ""), ("Ünïted naïve café", "united naive cafe"), ("don't stop_now", "dont stop now"), ("a a a b", "a b a b"), ("東京 2024", "2024")]
    cases = []
    for answer, target in pairs:
        scores = scorer.score(target, answer)
        cases.append([answer, target, *(scores[name].fmeasure for name in ["rouge1", "rouge2", "rougeL"])])
    return cases


def make_answers():
    squad1, squad2 = module_of("squad1", paths.squad1), module_of("squad2", paths.squad2)
    korquad = module_of("korquad", paths.korquad)
    mlqa = module_of("mlqa", paths.mlqa / "mlqa_evaluation_v1.py")
    edge = [("", ""), ("the", "a"), ("", "yes"), ("the dog", "dog"), ("a-b", "ab"), ("$5 + 5", "5 5"), ("Theresa", "resa"), ("U.S.", "us"), ("´1‘", "1"), ("x\u00a0y", "x y")]
    cases = {}
    for language in ["en", "de", "zh", "ar"]:
        targets = [row["answer"] for row in rows_of(f"mrc/xquad_{language}/dev.csv")]
        pairs = list(pairs_of(targets, 90)) + edge
        if language == "de":
            pairs += [("die Stadt", "Stadt"), ("Einem Mann", "einen mann"), ("Straße", "strasse")]
        if language == "zh":
            pairs += [("北京，中国", "北京中国"), ("2008年8月", "2008 年 8 月"), ("《红楼梦》", "红楼梦"), ("北京 beijing", "beijing北京"), ("𠀋 x", "x𠀋")]
        if language == "ar":
            pairs += [("القاهرة", "قاهرة"), ("في القاهرة", "في قاهرة")]
        told = []
        for answer, target in pairs:
            if language == "en":
                exact, f1 = squad2.compute_exact(target, answer), squad2.compute_f1(target, answer)
                assert exact == int(squad1.exact_match_score(answer, target))
                # The two scripts differ if either text is empty after normalisation.
                assert f1 == squad1.f1_score(answer, target) or not (squad2.get_tokens(target) and squad2.get_tokens(answer))
            else:
                exact, f1 = int(mlqa.exact_match_score(answer, target, language)), mlqa.f1_score(answer, target, language)
            told.append([answer, target, exact, float(f1)])
        cases[language] = told
    targets = [row["target"] for row in rows_of("summarisation/sae4k_ko/dev.csv")]
    pairs = list(pairs_of(targets, 90)) + edge + [("《삼국사기》", "삼국사기"), ("〈춘향전〉(판소리)", "춘향전 판소리"), ("서울 특별시", "서울특별시"), ("1592년", "1592 년"), ("‘세종’", "세종대왕")]
    cases["ko"] = [[a, t, int(korquad.exact_match_score(a, t)), float(korquad.f1_score(a, t))] for a, t in pairs]
    return cases


def sql_instead(gold, others, columns):
    """What a model might write instead of a query."""
    how = dice.randrange(14)
    tokens = gold.split(" ")
    swap = lambda a, b: gold.replace(a, b)
    if how == 0:
        return gold.lower()
    if how == 1:
        return swap("DISTINCT ", "")
    if how == 2:
        return swap("SELECT ", "SELECT DISTINCT ")
    if how == 3:
        return swap("DESC", "ASC") if "DESC" in gold else gold + ";"
    if how == 4:
        return swap("COUNT(", "MAX(")
    if how == 5:
        return swap("=", ">=")
    if how == 6:
        return swap("'", '"')
    if how == 7:
        return gold.split(" ORDER BY")[0]
    if how == 8:
        head, rest = gold.split(" FROM ", 1)
        parts = head.removeprefix("SELECT ").split(", ")
        return "SELECT " + ", ".join(reversed(parts)) + " FROM " + rest
    if how == 9:
        return gold.replace(dice.choice(tokens), dice.choice(columns), 1)
    if how == 10:
        return " ".join(token for token in tokens if dice.random() > 0.06)
    if how == 11 and " AND " in gold:
        left, right = gold.split(" WHERE ", 1)[-1].split(" AND ", 1) if " WHERE " in gold else ("", "")
        return gold if not left or "(" in gold.split(" WHERE ", 1)[-1] or " GROUP" in right or " ORDER" in right else gold.split(" WHERE ", 1)[0] + f" WHERE {right} AND {left}"
    if how == 12:
        return gold.replace(" = ", "=")
    return dice.choice(others)


def make_sql():
    import nltk
    from nltk.tokenize.destructive import NLTKWordTokenizer

    # What word_tokenize does within a sentence; queries need no sentence splitting.
    nltk.word_tokenize = NLTKWordTokenizer().tokenize
    sys.path.insert(0, str(paths.spider))
    sys.modules["tqdm"] = type(sys)("tqdm")
    import evaluation
    import exec_eval
    import process_sql

    names = sorted(path.stem for path in databases.glob("*.sqlite"))
    rows = [row for row in rows_of("nl2sql/spider_en/train.csv") if row["db"] in names]
    plain = lambda query: query.replace("`", "")
    by_database = {name: [plain(row["query"]) for row in rows if row["db"] == name] for name in names}
    cases = []
    for name in names:
        file = databases / f"{name}.sqlite"
        schema = process_sql.Schema(process_sql.get_schema(str(file)))
        keys = foreign_keys(evaluation, file)
        columns = sorted({column for table in schema.schema.values() for column in table})
        golds = by_database[name]
        for gold in golds:
            try:
                process_sql.get_sql(schema, gold)
            except Exception:
                continue
            for _ in range(2):
                answer = gold if dice.random() < 0.05 else sql_instead(gold, golds, columns)
                cases.append([name, answer, gold, exact_set(evaluation, process_sql, schema, keys, answer, gold), executed(exec_eval, file, answer, gold)])
    dice.shuffle(cases)
    matched = [case for case in cases if case[3] != case[4] or case[3]]
    others = [case for case in cases if not (case[3] != case[4] or case[3])]
    return (matched[:220] + others[:130])


def foreign_keys(evaluation, file):
    connection = sqlite3.connect(file)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    columns, places = [[-1, "*"]], {}
    for number, table in enumerate(tables):
        for column in connection.execute(f'PRAGMA table_info("{table}")'):
            places[table.lower(), column[1].lower()] = len(columns)
            columns.append([number, column[1]])
    pairs = []
    for table in tables:
        for key in connection.execute(f'PRAGMA foreign_key_list("{table}")'):
            _, _, other, column, referred = key[:5]
            primary = [info[1] for info in connection.execute(f'PRAGMA table_info("{other}")') if info[5]]
            referred = referred or (primary[0] if primary else None)
            pair = places.get((table.lower(), column.lower())), places.get((other.lower(), (referred or "").lower()))
            if None not in pair:
                pairs.append(pair)
    return evaluation.build_foreign_key_map({"column_names_original": columns, "table_names_original": tables, "foreign_keys": pairs})


empty = {"except": None, "from": {"conds": [], "table_units": []}, "groupBy": [], "having": [], "intersect": None, "limit": None, "orderBy": [], "select": [False, []], "union": None, "where": []}


def exact_set(evaluation, process_sql, schema, keys, answer, gold):
    gold_sql = process_sql.get_sql(schema, gold)
    try:
        answer_sql = process_sql.get_sql(schema, answer)
    except Exception:
        answer_sql = json.loads(json.dumps(empty))
    rebuilt = []
    for sql in [gold_sql, answer_sql]:
        valid = evaluation.build_valid_col_units(sql["from"]["table_units"], schema)
        rebuilt.append(evaluation.rebuild_sql_col(valid, evaluation.rebuild_sql_val(sql), keys))
    try:
        return int(evaluation.Evaluator().eval_exact_match(rebuilt[1], rebuilt[0]))
    except TypeError:
        # The reference fails to sort sub-queries in FROM.
        return None


def executed(exec_eval, file, answer, gold):
    """Like eval_exec_match, on this one database."""
    import asyncio

    answer, gold = (exec_eval.remove_distinct(exec_eval.postprocess(query)) for query in (answer, gold))
    flag, expected = asyncio.run(exec_eval.exec_on_db(str(file), gold))
    assert flag == "result", gold
    flag, found = asyncio.run(exec_eval.exec_on_db(str(file), answer))
    return int(flag == "result" and exec_eval.result_eq(expected, found, "order by" in gold.lower()))


for name, cases in {"rouge": make_rouge(), "answers": make_answers(), "sql": make_sql()}.items():
    (here / f"{name}.json").write_text(json.dumps(cases, ensure_ascii=False, separators=(",", ":")).replace("],[", "],\n[") + "\n", encoding="utf-8")

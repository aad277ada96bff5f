import { adviceText } from '../../src-contract/advice-words.ts';
import type { AnswerForm } from '../../src-contract/answer-form.ts';
import type { BlindResult } from '../../src-contract/blind-vote.ts';
import { deviceName } from '../../src-contract/device-name.ts';
import type { Evaluation, EvaluationResult, EvaluationRow } from '../../src-contract/evaluation.ts';
import type { EvaluationBreakdown } from '../../src-contract/evaluation-breakdown.ts';
import { fillIn } from '../../src-contract/fill-in.ts';
import { withLabelMeasures } from '../../src-contract/label-results.ts';
import type { AnswerLanguage } from '../../src-contract/language.ts';
import { measureName } from '../../src-contract/measure-names.ts';
import { blindResultText } from '../../src-contract/preference-words.ts';
import { signedPoints } from '../../src-contract/signed-points.ts';
import { textPieces } from '../../src-contract/text-pieces.ts';
import { verdictOf } from '../../src-contract/verdict.ts';
import { seenText, verdictText } from '../../src-contract/verdict-words.ts';
import { reportFields } from './report-fields.ts';
import { labelTables } from './report-labels.ts';
import { escapeHtml, intervalPicture } from './report-pictures.ts';
import { reportSure } from './report-sure.ts';
import { type ReportWords, reportWords } from './report-words.ts';

/** The words of a report, and their language. */
type Words = ReportWords & { readonly tongue: 'en' | 'ko' };

/** The key of the words for each split. */
const asked = { train: 'onTrain', validation: 'onValidation', test: 'onTest' } as const;

/** Rows shown; a page with thousands of them would be of no use. */
const mostRows = 300;

/**
 * An evaluation as one self-contained HTML page: verdict, pictures, measures, hashes of everything behind them, and the
 * rows, those first on which the models differ most. It contains no script.
 */
export function evaluationReport(
  evaluation: Evaluation,
  {
    rows,
    judged,
    fields = null,
    labels = [],
    sure = [],
  }: {
    readonly rows: readonly EvaluationRow[];
    readonly judged: readonly BlindResult[];
  } & Partial<EvaluationBreakdown>,
  language: 'en' | 'ko',
): string {
  const words: Words = { ...reportWords[language], tongue: language };
  const shown = [...rows].sort((a, b) => spread(b) - spread(a)).slice(0, mostRows);
  const title = `${words.title} ${evaluation.provenance?.dataset.name ?? ''}`.trim();
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main style="--models: ${evaluation.results.length}">
<h1>${escapeHtml(title)}</h1>
${verdicts(evaluation, words)}
${next(evaluation, words)}
${pictures(evaluation, words)}
${measures({ ...evaluation, results: withLabelMeasures(evaluation.results, labels) }, words)}
${rivals(evaluation, words)}
${labels.map((told) => labelTables(evaluation, told, words)).join('\n')}
${reportSure(evaluation, { sure, words, table })}
${preferences(evaluation, judged, words)}
${fields === null ? '' : reportFields(fields, language, table)}
<p class="faint">${escapeHtml(words.intervals)}</p>
${provenance(evaluation, words)}
<h2>${escapeHtml(words.rows)}</h2>
<p class="faint">${escapeHtml(fillIn(words.rowsTold, { models: evaluation.results.map(({ adapter }) => adapter).join(' → ') }))}</p>
${shown.map((row) => rowOf(row, evaluation, words)).join('\n')}
${rows.length > shown.length ? `<p class="faint">${escapeHtml(fillIn(words.more, { n: rows.length - shown.length }))}</p>` : ''}
</main>
</body>
</html>
`;
}

function verdicts({ results, comparisons, mainMetric, split, provenance: made }: Evaluation, words: Words): string {
  const rows = results[0]?.n ?? 0;
  if (results.length < 2) return `<p class="verdict">${escapeHtml(fillIn(words.alone, { rows }))}</p>`;
  const metric = measureName(mainMetric, words.tongue);
  const told = comparisons
    .filter((each) => each.metric === mainMetric && each.against === 0)
    .map((comparison) => {
      const { of, low, high } = comparison;
      const sentence = verdictText(comparison, { adapter: results[of]?.adapter ?? '', n: rows }, words.tongue);
      const [from, to] = [0, of].map((place) => shownValue(mainMetric, results[place]?.metrics[mainMetric]));
      const doubt = fillIn(words.points, {
        metric,
        from: from ?? '',
        to: to ?? '',
        low: signedPoints(low),
        high: signedPoints(high),
      });
      return `<p class="verdict">${escapeHtml(sentence)}</p>\n<p>${escapeHtml(doubt)}</p>`;
    });
  const caveat = split === 'test' ? [] : [`<p>${escapeHtml(words[split])}</p>`];
  const seen = (made?.adapters ?? []).flatMap(({ name, seen }) =>
    seen === undefined ? [] : [`<p>${escapeHtml(seenText({ adapter: name, seen, n: rows }, words.tongue))}</p>`],
  );
  return [...told, ...seen, ...caveat].join('\n');
}

function languageName(language: AnswerLanguage, words: Words): string {
  // Text in no known language is shown by its code.
  return language === 'other'
    ? language
    : (new Intl.DisplayNames([words.tongue], { type: 'language' }).of(language) ?? language);
}

/** What to do next, in the same words as the evaluation's page. */
function next(evaluation: Evaluation, words: Words): string {
  const advice = verdictOf(evaluation)?.advice;
  if (advice === undefined) return '';
  return `<p><b>${escapeHtml(words.next)}</b> ${escapeHtml(adviceText(advice, words.tongue))}</p>`;
}

function pictures({ results, comparisons, mainMetric }: Evaluation, words: Words): string {
  const metric = measureName(mainMetric, words.tongue);
  const values = results.map(({ adapter, metrics, interval }, place) => {
    const value = metrics[mainMetric] ?? 0;
    const ends = { low: interval?.low ?? value, high: interval?.high ?? value };
    return { name: adapter, value, ...ends, shown: shownValue(mainMetric, value), strong: place > 0 };
  });
  const differences = comparisons
    .filter((each) => each.metric === mainMetric && each.against === 0)
    .map(({ of, difference, low, high }) => {
      const name = results[of]?.adapter ?? '';
      return { name, value: difference, low, high, shown: signedPoints(difference, 1), strong: true };
    });
  return [
    intervalPicture(fillIn(words.metric, { metric }), values),
    ...(differences.length > 0 ? [intervalPicture(fillIn(words.against, { metric }), differences)] : []),
  ].join('\n');
}

function measures(
  { results, mainMetric }: Pick<Evaluation, 'mainMetric'> & { readonly results: readonly EvaluationResult[] },
  words: Words,
): string {
  const names = Object.keys(results[0]?.metrics ?? {});
  names.sort((a, b) => Number(b === mainMetric) - Number(a === mainMetric));
  const head = [words.model, words.rows, ...names.map((name) => measureName(name, words.tongue))];
  const lines = results.map(({ adapter, n, metrics }) => [
    adapter,
    String(n),
    ...names.map((name) => shownValue(name, metrics[name])),
  ]);
  return table(head, lines);
}

/** The adapters against each other: comparing each with the base does not tell which is best. */
function rivals({ results, comparisons, mainMetric }: Evaluation, words: Words): string {
  const among = comparisons.filter((each) => each.metric === mainMetric && each.against > 0);
  if (among.length === 0) return '';
  const metric = measureName(mainMetric, words.tongue);
  const lines = among.map(({ of, against, difference, low, high }) => [
    ...[of, against].map((place) => results[place]?.adapter ?? ''),
    ...[difference, low, high].map((share) => signedPoints(share, 1)),
  ]);
  const head = [words.model, words.other, words.difference, words.from, words.to];
  return `<p>${escapeHtml(fillIn(words.rivals, { metric }))}</p>\n${table(head, lines)}`;
}

/** What a person preferred without knowing whose answers they were. */
function preferences({ results }: Evaluation, judged: readonly BlindResult[], words: Words): string {
  if (judged.length === 0) return '';
  const names = results.map(({ adapter }) => adapter);
  const told = judged.map((result) => {
    const { sentence, doubts } = blindResultText(result, names, words.tongue);
    return `<p><b>${escapeHtml(sentence)}</b> ${escapeHtml(doubts.join(' '))}</p>`;
  });
  return [`<h2>${escapeHtml(words.blind)}</h2>`, ...told].join('\n');
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const cells = (tag: 'th' | 'td', line: readonly string[]) =>
    `<tr>${line.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="wide"><table>${cells('th', head)}${lines.map((line) => cells('td', line)).join('')}</table></div>`;
}

function provenance({ provenance: made, split, createdAt }: Evaluation, words: Words): string {
  if (made === null) return '';
  const { dataset, base, adapters } = made;
  const { graphics } = words;
  const device = deviceName(made.device, { graphics, threads: (n) => fillIn(words.threads, { n }) });
  const lines: [string, string][] = [
    [
      words.dataset,
      `${dataset.name}, ${fillIn(words.version, { n: dataset.version })}, ${words[asked[split]]} · ${dataset.sha256}`,
    ],
    [words.rowsAsked, made.rowsSha256],
    [words.base, `${base.name} · ${base.sha256}`],
    ...adapters.map(({ name, sha256 }): [string, string] => [words.adapter, `${name} · ${sha256}`]),
    [words.answers, made.answersSha256 ?? ''],
    [words.language, languageName(made.language, words)],
    [words.maxTokens, fillIn(words.tokens, { n: made.maxTokens })],
    ...(made.retryQueries ? [[words.unrunnable, words.retried] satisfies [string, string]] : []),
    ...(made.form ? [[words.form, formText(made.form, words)] as [string, string]] : []),
    [words.studio, `${made.studio}, ${device}`],
    [words.measured, `${new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`],
  ];
  const list = lines.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('');
  return `<h2>${escapeHtml(words.made)}</h2><dl>${list}</dl>`;
}

function formText(form: AnswerForm, words: Words): string {
  if (form.kind !== 'choices' && form.kind !== 'list') return words[form.kind];
  return fillIn(words[form.kind], { n: form.texts.length, names: form.texts.join(', ') });
}

function rowOf(row: EvaluationRow, { results }: Evaluation, words: Words): string {
  const block = (name: string, text: string, mark = '') =>
    `<dt>${escapeHtml(name)}${mark}</dt><dd>${textOf(text.trim() || words.nothing)}</dd>`;
  const answers = row.answers.map(
    ({ text, firstText, score }, place) =>
      block(results[place]?.adapter ?? '', text, ` <b>${(score * 100).toFixed(0)}&nbsp;%</b>`) +
      (firstText === undefined ? '' : block(words.firstQuery, firstText)),
  );
  const scores = row.answers.map(({ score }) => (score * 100).toFixed(0)).join(' → ');
  const question = row.context.trim().split('\n').at(-1) ?? '';
  return `<details><summary><span>${escapeHtml(scores)}</span> ${escapeHtml(question.slice(0, 160))}</summary><dl>${block(words.context, row.context)}${block(words.target, row.target)}${answers.join('')}</dl></details>`;
}

function textOf(text: string): string {
  const [only = '', ...others] = textPieces(text);
  return others.length === 0
    ? escapeHtml(only)
    : [only, ...others].map((piece) => `<span>${escapeHtml(piece)}</span>`).join('');
}

/** How much the models differ on a row. */
function spread({ answers }: EvaluationRow): number {
  const scores = answers.map(({ score }) => score);
  return scores.length === 0 ? 0 : Math.max(...scores) - Math.min(...scores);
}

function shownValue(name: string, value: number | undefined): string {
  if (value === undefined) return '–';
  if (name === 'words' || name === 'targetWords') return value.toFixed(1);
  return name === 'loss' || name === 'perplexity' ? value.toFixed(3) : `${(value * 100).toFixed(1)} %`;
}

const style = `
:root { color-scheme: light dark; --ink: #1a1c22; --faint: #5b606b; --line: #d9dce3; --accent: #1f4fd1; --plain: #6b7080; --sheet: #fff; --right: #2f8f4e; --wrong: #d0413b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf0; --faint: #a3a9b6; --line: #3a3f4a; --accent: #7ea2ff; --plain: #9aa0ad; --sheet: #17191f; --right: #7bd494; --wrong: #ff8f86; } }
body { margin: 0; background: var(--sheet); color: var(--ink); font: 15px/1.5 'Pretendard Variable', Pretendard, system-ui, 'Noto Sans KR', sans-serif; }
:lang(ko) { word-break: keep-all; overflow-wrap: break-word; }
main { max-width: 960px; margin: 0 auto; padding: 32px 24px; }
h1 { font-size: 28px; line-height: 1.2; } h2 { font-size: 18px; margin-top: 32px; } h3 { font-size: 15px; margin: 16px 0 4px; }
.verdict { font-size: 18px; font-weight: 600; margin: 8px 0; }
.faint, figcaption, dt { color: var(--faint); font-size: 13px; }
figure { margin: 24px 0; } svg { width: 100%; font-size: 13px; }
svg text { fill: var(--ink); } svg text.faint { fill: var(--faint); } svg text.strong { font-weight: 600; }
.grid { stroke: var(--line); } .axis { stroke: var(--faint); }
.reach { stroke-width: 6; stroke-linecap: round; opacity: .45; } .reach.strong { stroke: var(--accent); } .reach.plain { stroke: var(--plain); }
.point.strong { fill: var(--accent); } .point.plain { fill: var(--plain); }
div.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 6px 8px; border-bottom: 1px solid var(--line); } th:first-child, td:first-child { text-align: left; }
table.labels { width: auto; font-size: 13px; } .labels th { font-weight: 500; vertical-align: bottom; } .labels th[colspan] { text-align: left; } .labels td.count { text-align: center; }
.labels th:has(> span) { text-align: center; } .labels.turned th span { max-width: none; max-height: 140px; writing-mode: vertical-rl; text-orientation: sideways; rotate: 180deg; }
.labels th span { display: inline-block; max-width: 120px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: bottom; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
details { border-bottom: 1px solid var(--line); padding: 6px 0; } summary { cursor: pointer; overflow-wrap: anywhere; } summary span { display: inline-block; min-width: calc(var(--models) * 48px); color: var(--faint); font-variant-numeric: tabular-nums; }
details dl { grid-template-columns: 160px 1fr; max-width: 100%; }
`;

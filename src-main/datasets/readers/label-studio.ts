import { cellOf } from './cell-text.ts';
import { isObject } from './json-parse.ts';
import type { NamedValues, RecordShape } from './known-shape.ts';

/**
 * Tasks that Label Studio has exported as JSON or JSON-MIN: a column for each value that was shown, and one for each
 * question about it. Undefined for any other records.
 */
export function labelStudioOf(records: readonly NamedValues[]): RecordShape | undefined {
  const areTasks = records.every(({ data, annotations }) => isObject(data) && Array.isArray(annotations));
  if (areTasks && records.some((record) => resultsOf(record).length > 0)) {
    const known = namesIn(records.map(({ data }) => data));
    const shown = known.filter((name) => records.every(({ data }) => !isObject(data) || !isNested(data[name])));
    const asked = [...new Set(records.flatMap((record) => resultsOf(record).map(nameOf)))];
    return {
      ...{ name: 'labelstudio', code: 'SHAPE_LABEL_STUDIO', keys: ['data', 'annotations'] },
      ...{ nested: ['data', 'annotations'], takesObjects: true, columns: [...shown, ...asked] },
      derive: (record) => {
        const data = isObject(record.data) ? record.data : {};
        const results = resultsOf(record);
        const isMore =
          Object.keys(data).some((name) => !known.includes(name) && cellOf(data[name]) !== '') ||
          results.some((each) => !asked.includes(nameOf(each)));
        const answers = asked.map((name) =>
          results
            .filter((each) => nameOf(each) === name)
            .map(answerOf)
            .join('\n'),
        );
        const cells = [...shown.map((name) => cellOf(data[name])), ...answers];
        return [{ cells, ...(isMore && { problem: 'KEYS_LEFT' }) }];
      },
    };
  }
  const areRows = records.every((record) => ['annotation_id', 'annotator', 'lead_time'].every((key) => key in record));
  const asked = areRows ? namesIn(records).filter((name) => records.some((record) => isAnswer(record[name]))) : [];
  if (asked.length === 0) return undefined;
  return {
    ...{
      name: 'labelstudio',
      code: 'SHAPE_LABEL_STUDIO',
      keys: asked,
      nested: asked,
      takesObjects: true,
      columns: asked,
    },
    derive: (record) => [{ cells: asked.map((name) => answersOf(record[name])) }],
  };
}

function namesIn(objects: readonly unknown[]): string[] {
  return [...new Set(objects.filter(isObject).flatMap((object) => Object.keys(object)))];
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** What the first person answered who did not skip the task. */
function resultsOf({ annotations }: NamedValues): NamedValues[] {
  const all = (Array.isArray(annotations) ? annotations : []).filter(isObject);
  const given = all.find(({ was_cancelled: isSkipped, result }) => isSkipped !== true && Array.isArray(result));
  // Relations between answers have no name.
  return (Array.isArray(given?.result) ? given.result : []).filter(isObject).filter((each) => 'from_name' in each);
}

function nameOf({ from_name: name }: NamedValues): string {
  return cellOf(name);
}

function answerOf({ value }: NamedValues): string {
  return isObject(value) ? writtenAnswer(value) : cellOf(value);
}

/** What was chosen, written, or marked in the text, in that order of evidence. */
function writtenAnswer(value: NamedValues): string {
  const { choices, text, taxonomy, rating, number } = value;
  const marked = value.labels ?? value.hypertextlabels;
  if (Array.isArray(marked)) return `${cellOf(text)}: ${marked.map(cellOf).join(', ')}`;
  if (Array.isArray(choices)) return choices.map(cellOf).join(', ');
  if (Array.isArray(taxonomy)) {
    return taxonomy.map((path) => (Array.isArray(path) ? path.map(cellOf).join(' > ') : cellOf(path))).join(', ');
  }
  if (Array.isArray(text)) return text.map(cellOf).join('\n');
  return cellOf(rating ?? number ?? text ?? value);
}

/** In JSON-MIN, several choices, or what was marked in the text; a single choice is a text. */
function isAnswer(value: unknown): boolean {
  const parts = Array.isArray(value) ? value : [value];
  return (
    parts.length > 0 && parts.every((part) => isObject(part) && answerKeys.some((key) => Array.isArray(part[key])))
  );
}

const answerKeys = ['choices', 'labels', 'hypertextlabels', 'taxonomy'];

function answersOf(value: unknown): string {
  const parts = Array.isArray(value) ? value : [value];
  return parts.map((part) => (isObject(part) ? writtenAnswer(part) : cellOf(part))).join('\n');
}

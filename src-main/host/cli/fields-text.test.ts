import { expect, test } from 'vitest';
import { fieldsText } from './fields-text.ts';

test('each field has a line for each model', () => {
  const counts = (right: number, missing: number, f1: number | null, invented = 0) => ({
    ...{ right, missing, invented, f1, reordered: 0, different: 0 },
  });
  const told = fieldsText({
    ...{ kind: 'fields', rows: 12, more: 0 },
    models: [
      { adapter: 'starter', without: 12, around: 0 },
      { adapter: 'Orders', without: 0, around: 1 },
    ],
    fields: [
      { field: 'items[].count', rows: 12, models: [counts(0, 12, 0), counts(9, 3, 0.8571)] },
      { field: 'age', rows: 0, models: [counts(0, 0, null), counts(0, 0, 0, 2)] },
    ],
  });
  expect(told).toBe(
    `Field by field           Rows with it  Right  Missing  Different  Made up     F1
items[].count   starter            12      0       12          0        0  0.000
                Orders             12      9        3          0        0  0.857
age             starter             0      0        0          0        0      –
                Orders              0      0        0          0        2  0.000
starter: 12 of 12 answers without any JSON; all their fields count as missing.
Orders: 1 of 12 answers with words around their JSON. Their fields are counted, but a program cannot read them as they are.`,
  );
});

test('where lists are in another order, this has a column', () => {
  const counts = { right: 1, reordered: 2, missing: 0, different: 1, invented: 0, f1: 0.9 };
  const told = fieldsText({
    ...{ kind: 'fields', rows: 4, more: 0 },
    models: [{ adapter: 'Tags', without: 0, around: 0 }],
    fields: [{ field: 'tags[]', rows: 4, models: [counts] }],
  });
  expect(told).toBe(
    `Field by field        Rows with it  Right  Other order  Missing  Different  Made up     F1
tags[]          Tags             4      1            2        0          1        0  0.900`,
  );
});

test('labels have no other values', () => {
  const told = fieldsText({
    ...{ kind: 'labels', rows: 12, more: 0 },
    models: [{ adapter: 'Tags', without: 0, around: 0 }],
    fields: [
      {
        field: 'late',
        rows: 9,
        models: [{ right: 7, reordered: 0, missing: 2, different: 0, invented: 1, f1: 14 / 17 }],
      },
    ],
  });
  expect(told).toBe(
    `Label by label        Rows with it  Right  Missing  Given wrongly     F1
late            Tags             9      7        2              1  0.824`,
  );
});

import { expect, test } from 'vitest';
import { fieldsText } from './fields-text.ts';

test('each field has a line for each model', () => {
  const counts = (right: number, missing: number, invented = 0) => ({ right, missing, different: 0, invented });
  const told = fieldsText({
    ...{ kind: 'fields', rows: 12, more: 0 },
    models: [
      { adapter: 'starter', without: 12, around: 0 },
      { adapter: 'Orders', without: 0, around: 1 },
    ],
    fields: [
      { field: 'items[].count', rows: 12, models: [counts(0, 12), counts(9, 3)] },
      { field: 'age', rows: 0, models: [counts(0, 0), counts(0, 0, 2)] },
    ],
  });
  expect(told).toBe(
    `Field by field           Rows with it  Right  Missing  Different  Made up
items[].count   starter            12      0       12          0        0
                Orders             12      9        3          0        0
age             starter             0      0        0          0        0
                Orders              0      0        0          0        2
starter: 12 of 12 answers without any JSON; all their fields count as missing.
Orders: 1 of 12 answers with words around their JSON. Their fields are counted, but a program cannot read them as they are.`,
  );
});

test('labels have no other values', () => {
  const told = fieldsText({
    ...{ kind: 'labels', rows: 12, more: 0 },
    models: [{ adapter: 'Tags', without: 0, around: 0 }],
    fields: [{ field: 'late', rows: 9, models: [{ right: 7, missing: 2, different: 0, invented: 1 }] }],
  });
  expect(told).toBe(
    `Label by label        Rows with it  Right  Missing  Given wrongly
late            Tags             9      7        2              1`,
  );
});

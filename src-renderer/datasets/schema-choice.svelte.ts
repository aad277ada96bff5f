import type { SchemaTextOptions } from '../../src-contract/dataset-version.ts';

/** Whether the schema texts of the rows are written from a database, and how. */
export class SchemaChoice {
  writes = $state(true);
  foreignKeys = $state(false);
  /** As a list of choices has it. */
  sampleValues = $state('0');
  form = $state<'own' | 'compact' | 'ddl'>('own');

  /** Undefined where the texts are to stay. */
  get wanted(): SchemaTextOptions | undefined {
    if (!this.writes) return undefined;
    const form = this.form === 'own' ? {} : { form: this.form };
    return { foreignKeys: this.foreignKeys, sampleValues: Number(this.sampleValues), ...form };
  }
}

import type { SchemaTextOptions } from '../../src-contract/dataset-version.ts';

/** Whether the rows' schema texts are generated from a database, and how. */
export class SchemaChoice {
  writes = $state(true);
  foreignKeys = $state(false);
  /** As a select's string value. */
  sampleValues = $state('0');
  form = $state<'own' | 'compact' | 'ddl'>('own');

  /** Undefined if the texts are to be kept. */
  get wanted(): SchemaTextOptions | undefined {
    if (!this.writes) return undefined;
    const form = this.form === 'own' ? {} : { form: this.form };
    return { foreignKeys: this.foreignKeys, sampleValues: Number(this.sampleValues), ...form };
  }
}

import { FewTexts } from './few-texts.ts';
import { NumberLimits } from './number-limits.ts';

/** Deeper values are not looked into. */
const deepest = 32;

type Schema = Readonly<Record<string, unknown>>;

/** What some JSON values have in common, as a JSON Schema (draft 2020-12): their types, the fields of objects, the items of lists. */
export class JsonShape {
  readonly #types = new Set<'string' | 'number' | 'integer' | 'boolean' | 'null'>();
  /** In the order in which they occur first, with the number of objects that have them. */
  readonly #fields = new Map<string, { readonly shape: JsonShape; count: number }>();
  readonly #depth: number;
  /** Of texts: whether all that are not empty are numbers, and whether one is empty. */
  readonly #numbers = new NumberLimits();
  #areNumbers: boolean | undefined;
  #hasEmpty = false;
  /** Those that are not empty. */
  readonly #few = new FewTexts();
  #objects = 0;
  #lists = 0;
  #items: JsonShape | undefined;
  #longest = 0;
  #hasRepeated = false;

  constructor(depth = 0) {
    this.#depth = depth;
  }

  /** How many fields objects have on all levels. */
  get fields(): number {
    const within = [...this.#fields.values()].reduce((sum, { shape }) => sum + 1 + shape.fields, 0);
    return within + (this.#items?.fields ?? 0);
  }

  /** `context`: what the target belongs to that has this value. */
  see(value: unknown, context: string): void {
    if (value === null) this.#types.add('null');
    else if (typeof value === 'number') this.#types.add(Number.isInteger(value) ? 'integer' : 'number');
    else if (typeof value === 'string') this.#seeText(value, context);
    else if (typeof value === 'boolean') this.#types.add('boolean');
    else if (Array.isArray(value)) this.#seeList(value, context);
    else this.#seeObject(value as Readonly<Record<string, unknown>>, context);
  }

  /** One that all these values satisfy, and others alike; but slips in labels. */
  schema(): Schema {
    // Below, anything may stand.
    if (this.#depth >= deepest) return {};
    const alternatives: Schema[] = [];
    for (const type of this.#types) {
      if (type === 'string') alternatives.push(this.#textSchema());
      else if (type !== 'integer' || !this.#types.has('number')) alternatives.push({ type });
    }
    if (this.#lists > 0) alternatives.push(this.#listSchema());
    if (this.#objects > 0) alternatives.push(this.#objectSchema());
    const [only, ...others] = alternatives;
    return others.length === 0 ? (only ?? {}) : { anyOf: alternatives };
  }

  /** Numbers in quotes stay numbers, with no more digits than there were, and labels those that there are. */
  #textSchema(): Schema {
    if (!this.#areNumbers) {
      const { texts } = this.#few;
      return { type: 'string', ...(texts && { enum: this.#hasEmpty ? [...texts, ''] : texts }) };
    }
    const { signed, digits, decimals } = this.#numbers.limits;
    const whole = digits === 1 ? '[0-9]' : `(0|[1-9][0-9]{0,${digits - 1}})`;
    const number = `${signed ? '-?' : ''}${whole}${decimals === 0 ? '' : `(\\.[0-9]{1,${decimals}})?`}`;
    return { type: 'string', pattern: this.#hasEmpty ? `^(${number})?$` : `^${number}$` };
  }

  /** A list of labels names each once, and no more of them than the longest: models like to write one again and again. */
  #listSchema(): Schema {
    const items = this.#items?.schema();
    const areLabels = items?.enum !== undefined && !this.#hasRepeated;
    return {
      type: 'array',
      ...(items && { items }),
      ...(areLabels && { uniqueItems: true, maxItems: this.#longest }),
    };
  }

  #objectSchema(): Schema {
    const fields = [...this.#fields];
    return {
      type: 'object',
      // Unlike assignments, this takes `__proto__` for a name like others.
      properties: Object.fromEntries(fields.map(([name, { shape }]) => [name, shape.schema()])),
      required: fields.filter(([, { count }]) => count === this.#objects).map(([name]) => name),
      additionalProperties: false,
    };
  }

  #seeText(text: string, context: string): void {
    this.#types.add('string');
    if (text === '') {
      this.#hasEmpty = true;
      return;
    }
    this.#areNumbers = this.#areNumbers !== false && this.#numbers.take(text);
    this.#few.take(text, context);
  }

  #seeList(values: readonly unknown[], context: string): void {
    this.#lists++;
    this.#longest = Math.max(this.#longest, values.length);
    this.#hasRepeated ||= new Set(values).size < values.length;
    if (this.#depth >= deepest) return;
    for (const value of values) {
      this.#items ??= new JsonShape(this.#depth + 1);
      this.#items.see(value, context);
    }
  }

  #seeObject(value: Readonly<Record<string, unknown>>, context: string): void {
    this.#objects++;
    if (this.#depth >= deepest) return;
    for (const [name, inner] of Object.entries(value)) {
      const field = this.#fields.get(name) ?? { shape: new JsonShape(this.#depth + 1), count: 0 };
      field.count++;
      field.shape.see(inner, context);
      this.#fields.set(name, field);
    }
  }
}

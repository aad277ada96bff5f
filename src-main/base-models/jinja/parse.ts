// Reads a template's tokens as Jinja2's parser does, with `break`, `continue` and the `generation` of transformers.
import { lex, type Token } from './lex.ts';
import type { Arguments, Block, Expression, Parameter, Statement, Target } from './nodes.ts';

/** Throws where the source is no template. */
export function parse(source: string): Block {
  return new Parser(lex(source)).template();
}

const blockText: Expression = { kind: 'block text' };
const none: Arguments = { positional: [], named: [] };
const comparisons = new Set(['==', '!=', '<', '<=', '>', '>=']);
const constants = new Map<string, boolean | null>([
  ...(['true', 'True'] as const).map((name) => [name, true] as const),
  ...(['false', 'False'] as const).map((name) => [name, false] as const),
  ...(['none', 'None'] as const).map((name) => [name, null] as const),
]);

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  template(): Block {
    return this.#block(new Set());
  }

  /** Up to a tag of one of these names, which is left in place behind its opening. */
  #block(ends: ReadonlySet<string>): Block {
    const statements: Statement[] = [];
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[this.#at]) {
      this.#at++;
      if (token.kind === 'text') statements.push({ kind: 'text', text: token.value });
      else if (token.kind === 'variable') {
        statements.push({ kind: 'output', value: this.#tuple() });
        this.#end();
      } else {
        const name = this.#name();
        if (ends.has(name)) {
          this.#at--;
          return statements;
        }
        statements.push(...this.#statement(name));
      }
    }
    if (ends.size > 0) throw new Error(`The template ends before ${[...ends].join(' or ')}`);
    return statements;
  }

  #bodyUntil(...ends: string[]): Block {
    this.#end();
    return this.#block(new Set(ends));
  }

  /** The body of a tag up to its end, and that. */
  #bodyToEnd(end: string): Block {
    const body = this.#bodyUntil(end);
    this.#at++;
    this.#end();
    return body;
  }

  #statement(name: string): Statement[] {
    switch (name) {
      case 'if':
        return [this.#if()];
      case 'for':
        return [this.#for()];
      case 'set':
        return [this.#set()];
      case 'macro': {
        const own = this.#name();
        return [{ kind: 'macro', name: own, parameters: this.#parameters(), body: this.#bodyToEnd('endmacro') }];
      }
      case 'call': {
        const parameters = this.#is('(') ? this.#parameters() : [];
        const call = this.#expression();
        if (call.kind !== 'call') throw new Error('A call block calls nothing');
        return [{ kind: 'call block', call, parameters, body: this.#bodyToEnd('endcall') }];
      }
      case 'filter': {
        const filter = this.#filters(blockText, { isBegun: true });
        return [{ kind: 'filter block', filter, body: this.#bodyToEnd('endfilter') }];
      }
      case 'with':
        return [this.#with()];
      // Tells which parts of a text an answer is; its body is a scope of its own.
      case 'generation':
        return [{ kind: 'with', sets: [], body: this.#bodyToEnd('endgeneration') }];
      case 'break':
      case 'continue':
        this.#end();
        return [{ kind: name }];
      default:
        throw new Error(`Encountered unknown tag '${name}'`);
    }
  }

  #if(): Statement {
    const test = this.#tuple({ withChoice: false });
    const then = this.#bodyUntil('elif', 'else', 'endif');
    const next = this.#name();
    if (next === 'elif') return { kind: 'if', test, then, otherwise: [this.#if()] };
    const otherwise = next === 'else' ? this.#bodyToEnd('endif') : [];
    if (next !== 'else') this.#end();
    return { kind: 'if', test, then, otherwise };
  }

  #for(): Statement {
    const target = this.#target();
    this.#expect('in');
    const of = this.#tuple({ withChoice: false });
    const test = this.#take('if') ? this.#expression() : undefined;
    const isRecursive = this.#take('recursive');
    const body = this.#bodyUntil('endfor', 'else');
    const otherwise = this.#name() === 'else' ? this.#bodyToEnd('endfor') : undefined;
    if (otherwise === undefined) this.#end();
    return { kind: 'for', target, of, ...(test && { test }), body, otherwise: otherwise ?? [], isRecursive };
  }

  #set(): Statement {
    const target = this.#target();
    if (this.#take('=')) {
      const value = this.#tuple();
      this.#end();
      return { kind: 'set', target, value };
    }
    return { kind: 'set block', target, filter: this.#filters(blockText), body: this.#bodyToEnd('endset') };
  }

  #with(): Statement {
    const sets: [Target, Expression][] = [];
    while (this.#token?.kind !== 'end') {
      if (sets.length > 0) this.#expect(',');
      const target = this.#oneTarget();
      this.#expect('=');
      sets.push([target, this.#expression()]);
    }
    return { kind: 'with', sets, body: this.#bodyToEnd('endwith') };
  }

  #target(): Target {
    const first = this.#oneTarget();
    if (!this.#is(',')) return first;
    const targets = [first];
    while (this.#take(',') && this.#token?.kind === 'name' && !this.#is('in')) targets.push(this.#oneTarget());
    return { kind: 'targets', targets };
  }

  #oneTarget(): Target {
    if (this.#take('(')) {
      const within = this.#target();
      this.#expect(')');
      return within;
    }
    const name = this.#name();
    if (constants.has(name)) throw new Error(`'${name}' cannot be set`);
    return this.#take('.') ? { kind: 'attribute of', space: name, name: this.#name() } : { kind: 'name', name };
  }

  #parameters(): Parameter[] {
    const parameters: Parameter[] = [];
    this.#expect('(');
    while (!this.#take(')')) {
      if (parameters.length > 0) this.#expect(',');
      const name = this.#name();
      const otherwise = this.#take('=') ? this.#expression() : undefined;
      if (otherwise === undefined && parameters.at(-1)?.otherwise)
        throw new Error('A parameter without a default follows one with');
      parameters.push({ name, ...(otherwise && { otherwise }) });
    }
    return parameters;
  }

  /** One expression, or several with commas between. */
  #tuple({ withChoice = true } = {}): Expression {
    const one = () => (withChoice ? this.#expression() : this.#or());
    const items: Expression[] = [];
    let isTuple = false;
    while (!this.#endsTuple()) {
      items.push(one());
      if (!this.#take(',')) break;
      isTuple = true;
    }
    const [first] = items;
    if (first === undefined) throw new Error('An expression is missing');
    return isTuple ? { kind: 'tuple', items } : first;
  }

  #endsTuple(): boolean {
    return this.#token?.kind === 'end' || this.#is(')') || this.#is('in') || this.#is('recursive');
  }

  #expression(): Expression {
    let then = this.#or();
    while (this.#take('if')) {
      const test = this.#or();
      const otherwise = this.#take('else') ? this.#expression() : undefined;
      then = { kind: 'choice', test, then, ...(otherwise && { otherwise }) };
    }
    return then;
  }

  #or(): Expression {
    return this.#chain(['or'], () => this.#chain(['and'], () => this.#not()));
  }

  /** Operators of the same rank, from the left. */
  #chain(operators: readonly string[], next: () => Expression): Expression {
    let left = next();
    for (;;) {
      const operator = operators.find((each) => this.#take(each));
      if (operator === undefined) return left;
      left = { kind: 'binary', operator, left, right: next() };
    }
  }

  #not(): Expression {
    return this.#take('not') ? { kind: 'unary', operator: 'not', of: this.#not() } : this.#compare();
  }

  #compare(): Expression {
    const first = this.#sum();
    const others: { operator: string; right: Expression }[] = [];
    for (;;) {
      const token = this.#token;
      if (token?.kind === 'operator' && comparisons.has(token.value)) {
        this.#at++;
        others.push({ operator: token.value, right: this.#sum() });
      } else if (this.#take('in')) others.push({ operator: 'in', right: this.#sum() });
      else if (this.#is('not') && this.#tokens[this.#at + 1]?.value === 'in') {
        this.#at += 2;
        others.push({ operator: 'not in', right: this.#sum() });
      } else return others.length === 0 ? first : { kind: 'compare', first, others };
    }
  }

  #sum(): Expression {
    return this.#chain(['+', '-'], () =>
      this.#chain(['~'], () =>
        this.#chain(['*', '/', '//', '%'], () => this.#chain(['**'], () => this.#unary({ withFilters: true }))),
      ),
    );
  }

  #unary({ withFilters }: { withFilters: boolean }): Expression {
    const operator = ['-', '+'].find((each) => this.#take(each));
    const bare: Expression =
      operator === undefined ? this.#primary() : { kind: 'unary', operator, of: this.#unary({ withFilters: false }) };
    const value = this.#postfix(bare);
    return withFilters ? this.#filters(value) : value;
  }

  #primary(): Expression {
    const token = this.#next();
    switch (token.kind) {
      case 'name':
        return constants.has(token.value)
          ? { kind: 'constant', value: constants.get(token.value) as boolean | null }
          : { kind: 'name', name: token.value };
      case 'string': {
        let value = token.value;
        while (this.#token?.kind === 'string') value += this.#next().value;
        return { kind: 'constant', value };
      }
      case 'integer':
        return { kind: 'constant', value: Number(token.value) };
      case 'float':
        return { kind: 'constant', value: Number(token.value), isFloat: true };
      default:
    }
    if (token.value === '(') {
      if (this.#take(')')) return { kind: 'tuple', items: [] };
      const within = this.#tuple();
      this.#expect(')');
      return within;
    }
    if (token.value === '[') return { kind: 'list', items: this.#listed(']', () => this.#expression()) };
    if (token.value === '{') {
      const entry = (): [Expression, Expression] => {
        const key = this.#expression();
        this.#expect(':');
        return [key, this.#expression()];
      };
      return { kind: 'dict', entries: this.#listed('}', entry) };
    }
    throw new Error(`Unexpected '${token.value}'`);
  }

  #listed<Item>(end: string, item: () => Item): Item[] {
    const items: Item[] = [];
    while (!this.#take(end)) {
      if (items.length > 0) {
        this.#expect(',');
        if (this.#take(end)) break;
      }
      items.push(item());
    }
    return items;
  }

  #postfix(start: Expression): Expression {
    let of = start;
    for (;;) {
      if (this.#take('.')) {
        const token = this.#next();
        if (token.kind === 'name') of = { kind: 'attribute', of, name: token.value };
        else if (token.kind === 'integer')
          of = { kind: 'item', of, key: { kind: 'constant', value: Number(token.value) } };
        else throw new Error('A name or a number must follow a dot');
      } else if (this.#take('[')) of = this.#subscript(of);
      else if (this.#is('(')) of = { kind: 'call', callee: of, given: this.#arguments() };
      else return of;
    }
  }

  #subscript(of: Expression): Expression {
    const bounds: (Expression | undefined)[] = [];
    let colons = 0;
    while (!this.#take(']')) {
      if (this.#take(':')) colons++;
      else bounds[colons] = this.#expression();
    }
    if (colons > 2) throw new Error('A slice has too many parts');
    if (colons > 0) return { kind: 'slice', of, bounds };
    const [key] = bounds;
    if (key === undefined) throw new Error('Expected subscript expression');
    return { kind: 'item', of, key };
  }

  /** The filters and tests behind a value. */
  #filters(start: Expression, { isBegun = false } = {}): Expression {
    let of = start;
    for (let isFirst = isBegun; ; isFirst = false) {
      if (isFirst || this.#take('|')) {
        const name = this.#dotted();
        of = { kind: 'filter', of, name, given: this.#is('(') ? this.#arguments() : none };
      } else if (start !== blockText && this.#take('is')) of = this.#test(of);
      else if (start !== blockText && this.#is('(')) of = { kind: 'call', callee: of, given: this.#arguments() };
      else return of;
    }
  }

  #test(of: Expression): Expression {
    const isNegated = this.#take('not');
    const name = this.#dotted();
    const test: Expression = { kind: 'test', of, name, given: this.#testArguments() };
    return isNegated ? { kind: 'unary', operator: 'not', of: test } : test;
  }

  /** A test may be given one value without brackets. */
  #testArguments(): Arguments {
    if (this.#is('(')) return this.#arguments();
    const token = this.#token;
    const begins =
      token !== undefined &&
      (['name', 'string', 'integer', 'float'].includes(token.kind) || ['[', '{'].includes(token.value)) &&
      !(token.kind === 'name' && ['else', 'or', 'and'].includes(token.value));
    if (!begins || (token.kind === 'name' && ['if', 'not', 'in', 'is', 'recursive'].includes(token.value))) return none;
    return { positional: [this.#postfix(this.#primary())], named: [] };
  }

  #dotted(): string {
    let name = this.#name();
    while (this.#take('.')) name += `.${this.#name()}`;
    return name;
  }

  #arguments(): Arguments {
    this.#expect('(');
    const positional: Expression[] = [];
    const named: [string, Expression][] = [];
    let spread: Expression | undefined;
    let spreadNamed: Expression | undefined;
    for (let isFirst = true; !this.#take(')'); isFirst = false) {
      if (!isFirst) {
        this.#expect(',');
        if (this.#take(')')) break;
      }
      if (this.#take('**')) spreadNamed = this.#expression();
      else if (this.#take('*')) spread = this.#expression();
      else if (this.#token?.kind === 'name' && this.#tokens[this.#at + 1]?.value === '=') {
        const name = this.#name();
        this.#at++;
        named.push([name, this.#expression()]);
      } else if (named.length > 0 || spread || spreadNamed) throw new Error('A value without a name follows one with');
      else positional.push(this.#expression());
    }
    return { positional, named, ...(spread && { spread }), ...(spreadNamed && { spreadNamed }) };
  }

  get #token(): Token | undefined {
    return this.#tokens[this.#at];
  }

  /** Whether a word or sign comes next; the text of a string is neither. */
  #is(value: string): boolean {
    const token = this.#token;
    return token?.value === value && (token.kind === 'name' || token.kind === 'operator');
  }

  #take(value: string): boolean {
    const isNext = this.#is(value);
    if (isNext) this.#at++;
    return isNext;
  }

  #next(): Token {
    const token = this.#token;
    if (token === undefined || token.kind === 'end') throw new Error('A tag ends too early');
    this.#at++;
    return token;
  }

  #expect(value: string): void {
    if (!this.#take(value)) throw new Error(`Expected '${value}', not '${this.#token?.value || 'the end of the tag'}'`);
  }

  #name(): string {
    const token = this.#next();
    if (token.kind !== 'name') throw new Error(`Expected a name, not '${token.value}'`);
    return token.value;
  }

  #end(): void {
    if (this.#token?.kind !== 'end') throw new Error(`Expected the end of the tag, not '${this.#token?.value ?? ''}'`);
    this.#at++;
  }
}

import type { Dim, Expression, Shape } from '../../graph/expression.ts';
import type { Tensor } from '../../tensor.ts';
import {
  type OnnxAttribute,
  type OnnxBranch,
  type OnnxGraph,
  type OnnxInitialiser,
  type OnnxNode,
  type OnnxOutside,
  type OnnxValue,
  readBy,
} from './onnx-model.ts';

/** Collects the nodes of an ONNX graph while expressions are lowered; names values and shares constants and sizes. */
export class GraphWriter {
  #nodes: OnnxNode[] = [];
  /** Those outside branches. */
  readonly #outer = this.#nodes;
  /** For each value, the index of the node that computes it. */
  #makers = new Map<string, number>();
  readonly #inputs: OnnxValue[] = [];
  readonly #initialisers = new Map<string, OnnxInitialiser>();
  readonly #outside = new Map<string, OnnxOutside>();
  readonly #values = new Map<string, Pick<Expression, 'type' | 'shape'>>();
  /** For each named size, an input that carries it. */
  readonly #carriers = new Map<string, { name: string; axis: number }>();
  /** Values that depend on the sizes of inputs alone: sizes by name, shapes by their parts, conditions by input. */
  readonly #sizes = new Map<string, string>();
  /** Values computed once, by name. */
  readonly #shared = new Map<string, string>();
  /** For each reshaped value, the original. */
  #reshaped = new Map<string, string>();
  #names = 0;
  readonly #constants: ReadonlyMap<string, Tensor>;
  /** The target device: kernels differ. */
  readonly device: 'cpu' | 'webgpu';
  /** How far integers reach on either side of the midpoint when rows are rounded. */
  readonly rowReach: number;
  /** Number of threads that share the work. */
  readonly threads: number;

  /** Inputs with these names become constants of the model. */
  constructor(
    constants: ReadonlyMap<string, Tensor>,
    { device, rowReach, threads }: Pick<GraphWriter, 'device' | 'rowReach' | 'threads'>,
  ) {
    this.#constants = constants;
    this.device = device;
    this.rowReach = rowReach;
    this.threads = threads;
  }

  input(value: OnnxValue): string {
    const constant = this.#constants.get(value.name);
    if (constant) {
      this.#outside.set(value.name, { name: value.name, type: value.type, dims: constant.dims, data: constant.data });
      return value.name;
    }
    this.#inputs.push(value);
    value.shape.forEach((dim, axis) => {
      if (typeof dim === 'string' && !this.#carriers.has(dim)) this.#carriers.set(dim, { name: value.name, axis });
    });
    return value.name;
  }

  /** Whether an input holds any numbers. */
  isAny(name: string): string {
    return this.#ofSizes(`any ${name}`, () => {
      const zero = this.#constant({ name: 'i64_none', type: 'int64', dims: [], values: [0] });
      return this.node('Greater', [this.node('Size', [name]), zero]);
    });
  }

  /** Adds a node with one output and returns that output's name. */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain: OnnxNode['domain'] = '',
  ): string {
    const [output] = this.nodes(type, inputs, 1, attributes, domain);
    return output as string;
  }

  /** The same with several outputs; unused ones may be omitted. */
  nodes(
    type: string,
    inputs: readonly string[],
    outputs: number | readonly boolean[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain: OnnxNode['domain'] = '',
  ): string[] {
    const wanted = typeof outputs === 'number' ? Array.from({ length: outputs }, () => true) : outputs;
    const names = wanted.map((isWanted) => (isWanted ? `v${this.#names++}` : ''));
    for (const name of names) if (name !== '') this.#makers.set(name, this.#nodes.length);
    this.#nodes.push({ type, domain, inputs, outputs: names, attributes });
    return names;
  }

  /** Either of two values that have the same shape. */
  choose(condition: string, { type, shape }: Expression, either: () => string, or: () => string): string {
    const branch = (write: () => string) => ({ kind: 'graph', value: this.#branch(write, { type, shape }) }) as const;
    return this.node('If', [condition], { then_branch: branch(either), else_branch: branch(or) });
  }

  /** What is computed in it is invisible elsewhere, but for what depends on sizes alone, which is computed before it. */
  #branch(write: () => string, { type, shape }: Pick<OnnxValue, 'type' | 'shape'>): OnnxBranch {
    const [nodes, makers, reshaped] = [this.#nodes, this.#makers, this.#reshaped];
    this.#nodes = [];
    [this.#makers, this.#reshaped] = [new Map(makers), new Map(reshaped)];
    const name = write();
    const branch = { nodes: this.#nodes, outputs: [{ name, type, shape }] };
    [this.#nodes, this.#makers, this.#reshaped] = [nodes, makers, reshaped];
    return branch;
  }

  /**
   * Computes a value the first time its name is asked for; only outside branches, whose values are invisible elsewhere.
   */
  shared(name: string, make: () => string): string {
    const value = this.#shared.get(name) ?? make();
    this.#shared.set(name, value);
    return value;
  }

  /**
   * The same numbers in another shape, which holds no zero. Starts from the original of an earlier view: each view
   * costs a kernel launch.
   */
  reshape(x: string, shape: string): string {
    const source = this.#reshaped.get(x) ?? x;
    const value = this.node('Reshape', [source, shape]);
    this.#reshaped.set(value, source);
    return value;
  }

  /** As `reshape`, but returns the value itself if it already has the shape. */
  reshapeTo(x: string, shape: Shape): string {
    const source = this.#reshaped.get(x) ?? x;
    const known = this.#values.get(source)?.shape;
    const isSame = known?.length === shape.length && known.every((dim, axis) => dim === shape[axis]);
    return isSame ? source : this.reshape(x, this.shape(shape));
  }

  /** Whether a value depends on another, or on the node that computes it: then it is never available earlier. */
  isAfter(value: string, other: string): boolean {
    const first = this.#makers.get(other);
    if (first === undefined) return false;
    const seen = new Set<number>();
    const open = [value];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const maker = this.#makers.get(name);
      if (maker === first) return true;
      // Nodes written earlier cannot depend on it.
      if (maker === undefined || maker < first || seen.has(maker)) continue;
      seen.add(maker);
      open.push(...readBy(this.#nodes[maker] as OnnxNode));
    }
    return false;
  }

  /**
   * Declares the shape of a value. The runtime infers none past a computed size, and considers each such size distinct:
   * then no value can reuse the memory of another, and it searches all of them for each (decision 0040).
   */
  declare(name: string, { type, shape }: Expression): void {
    this.#values.set(name, { type, shape });
  }

  int64(values: readonly number[]): string {
    return this.#constant({ name: `i64_${values.join('_')}`, type: 'int64', dims: [values.length], values });
  }

  scalar(value: number): string {
    return this.#constant({ name: `f32_${value}`, type: 'float32', dims: [], values: [value] });
  }

  uint8(value: number): string {
    return this.#constant({ name: `u8_${value}`, type: 'uint8', dims: [], values: Uint8Array.of(value) });
  }

  /**
   * A shape as an int64 vector, assembled at run time where sizes are named. Products and sums are left to inference
   * (−1). Made once: to find duplicates, onnxruntime went through all readers of a size for each.
   */
  shape(shape: Shape): string {
    const computed = shape.filter((dim) => this.#isComputed(dim));
    if (computed.length > 1) throw new Error(`Only one size of [${shape.join(', ')}] may be left to inference`);
    if (shape.every((dim) => typeof dim === 'number' || this.#isComputed(dim))) {
      return this.int64(shape.map((dim) => (typeof dim === 'number' ? dim : -1)));
    }
    const parts = shape.map((dim) =>
      typeof dim === 'number' ? this.int64([dim]) : this.#isComputed(dim) ? this.int64([-1]) : this.#size(dim),
    );
    return this.#ofSizes(parts.join(), () => this.node('Concat', parts, { axis: { kind: 'int', value: 0 } }));
  }

  /** Whether an input carries a size. */
  carries(dim: Dim): boolean {
    return !this.#isComputed(dim);
  }

  finish(outputs: ReadonlyMap<string, { name: string; expression: Expression }>): OnnxGraph {
    const made = new Set(this.#nodes.flatMap((node) => node.outputs));
    const renamed = new Map<string, string>();
    const values = [...outputs].map(([name, { name: source, expression }]) => {
      // Readers of an output use its output name: a kernel may rely on its being written first.
      if (made.has(source) && !renamed.has(source)) renamed.set(source, name);
      // It may be another output too, or an input: a copy under its own name satisfies ONNX's rules.
      else this.#nodes.push({ type: 'Identity', domain: '', inputs: [source], outputs: [name], attributes: {} });
      return { name, type: expression.type, shape: expression.shape };
    });
    const nodes = neededFor(
      values.map(({ name }) => name),
      this.#nodes.map((node) => renamedIn(node, renamed)),
    );
    const used = new Set(nodes.flatMap(readBy));
    const between = [...this.#values].filter(([name]) => made.has(name) && used.has(name));
    return {
      nodes,
      values: between.map(([name, value]) => ({ name, ...value })),
      // What an op takes only for its gradient need not be fed where there is none.
      inputs: this.#inputs.filter(({ name }) => used.has(name)),
      outputs: values,
      initialisers: [...this.#initialisers.values()],
      outside: [...this.#outside.values()],
    };
  }

  #isComputed(dim: Dim): boolean {
    return typeof dim === 'string' && !this.#carriers.has(dim);
  }

  #size(dim: string): string {
    return this.#ofSizes(dim, () => {
      const carrier = this.#carriers.get(dim);
      if (carrier === undefined) throw new Error(`No input carries the size ${dim}`);
      const start = { kind: 'int', value: carrier.axis } as const;
      return this.node('Shape', [carrier.name], { start, end: { kind: 'int', value: carrier.axis + 1 } });
    });
  }

  /** What depends on the sizes of inputs alone is computed once, before any branch that needs it. */
  #ofSizes(key: string, make: () => string): string {
    const known = this.#sizes.get(key);
    if (known !== undefined) return known;
    const [nodes, makers] = [this.#nodes, this.#makers];
    [this.#nodes, this.#makers] = [this.#outer, new Map()];
    const value = make();
    [this.#nodes, this.#makers] = [nodes, makers];
    this.#sizes.set(key, value);
    return value;
  }

  #constant(initialiser: OnnxInitialiser): string {
    this.#initialisers.set(initialiser.name, initialiser);
    return initialiser.name;
  }
}

/** The nodes, in order, that the outputs depend on: views that were replaced are dropped. */
function neededFor(outputs: readonly string[], nodes: readonly OnnxNode[]): OnnxNode[] {
  const read = new Set(outputs);
  const isNeeded = (node: OnnxNode) => {
    if (!node.outputs.some((name) => read.has(name))) return false;
    for (const name of readBy(node)) read.add(name);
    return true;
  };
  return nodes.toReversed().filter(isNeeded).reverse();
}

/** A node with its inputs and outputs renamed. */
function renamedIn(node: OnnxNode, names: ReadonlyMap<string, string>): OnnxNode {
  const renamed = (some: readonly string[]) => some.map((name) => names.get(name) ?? name);
  const branches = Object.entries(node.attributes).map(([name, attribute]) => {
    if (attribute.kind !== 'graph') return [name, attribute] as const;
    const nodes = attribute.value.nodes.map((each) => renamedIn(each, names));
    return [name, { ...attribute, value: { ...attribute.value, nodes } }] as const;
  });
  return {
    ...node,
    ...{ inputs: renamed(node.inputs), outputs: renamed(node.outputs), attributes: Object.fromEntries(branches) },
  };
}

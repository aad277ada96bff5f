import { type Expression, type OpName, topologicalOrder } from '../../graph/expression.ts';
import { downFirst, findAdapted, shortInputs, usesOf, writeAdapted } from './adapted.ts';
import { CannotRun } from './cannot-run.ts';
import { type Write, writers } from './op-writers.ts';
import { type ProgramSite, type Value, Writer } from './program-writer.ts';
import type { Step } from './step.ts';

export interface Written {
  readonly steps: readonly Step[];
  /** The number it was written for: the most it can run over. */
  readonly positions: number;
  readonly outputs: ReadonlyMap<string, Value>;
  /** Whether each thread has its own rows; otherwise all have all. */
  readonly isSplit: boolean;
  /** Sizes of the regions in bytes. */
  readonly shared: number;
  readonly own: number;
}

/** Whether everything the outputs reach can run here. */
export function canRun(outputs: Readonly<Record<string, Expression>>): boolean {
  return topologicalOrder(Object.values(outputs)).every((node) => node.op === 'input' || node.op in writers);
}

/**
 * Writes the steps that compute the outputs. Products and attention are divided between threads, which synchronise
 * before reading them. Everything else is small: for a single position every thread computes it redundantly, in its own
 * memory; for several, each thread has its rows.
 */
export function writeProgram(outputs: Readonly<Record<string, Expression>>, site: ProgramSite): Written {
  const order = topologicalOrder(Object.values(outputs)).filter((node) => node.op !== 'input');
  const uses = usesOf(order, outputs);
  const adapted = findAdapted(order, uses);
  const writer = new Writer(site, shortInputs(adapted).rows);
  for (const node of downFirst(order, adapted)) {
    const update = adapted.get(node);
    if (update === 'absorbed') continue;
    if (update !== undefined) {
      writer.keep(node, writeAdapted(writer, update), uses.get(node) ?? 0);
      for (const operand of [update.product, update.low]) writer.isRead(operand);
      continue;
    }
    const write = writers[node.op] as Write<OpName> | undefined;
    if (write === undefined) throw new CannotRun(`No kernel for ${node.op}`);
    writer.keep(node, write(writer, node), uses.get(node) ?? 0);
    for (const operand of node.inputs) writer.isRead(operand);
  }
  writer.meet();
  const values = Object.entries(outputs).map(([name, node]) => [name, writer.value(node)] as const);
  const { steps, isSplit, positions } = writer;
  const bytes = { shared: writer.reach('shared'), own: writer.reach('own') };
  return { steps, positions, isSplit, outputs: new Map(values), ...bytes };
}

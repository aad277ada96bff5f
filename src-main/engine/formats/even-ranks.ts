import { elements, float32, type Tensor } from '../tensor.ts';

/** Where a config gives modules their own rank (`rank_pattern`) or alpha (`alpha_pattern`). */
export interface OwnRanks {
  readonly ranks: boolean;
  /** By module path (`isWhole`), or by its end. In PEFT's order: the first that matches counts. */
  readonly alphas: readonly { readonly name: string; readonly isWhole: boolean; readonly alpha: number }[];
}

interface Ranked {
  readonly rank: number;
  readonly alpha: number;
  readonly rankStabilised: boolean;
  /** `<module path>.lora_A` [rank, in] and `.lora_B` [out, rank]. */
  readonly tensors: ReadonlyMap<string, Tensor<'float32'>>;
}

/**
 * The same adapter with one rank and one scale for all modules, which is what graphs know: smaller A's and B's are
 * filled up with zeros, and a module's own scale goes into its B. A module without one of the two stays as it is.
 */
export function evenRanks({ rank, alpha, rankStabilised, tensors }: Ranked, own: OwnRanks): Ranked {
  const modules = [...tensors.keys()].filter((name) => name.endsWith('.lora_A')).map((name) => name.slice(0, -7));
  const rankOf = (module: string) => (own.ranks ? (tensors.get(`${module}.lora_A`)?.dims[0] ?? rank) : rank);
  const scaleOf = (a: number, r: number) => a / (rankStabilised ? Math.sqrt(r) : r);
  const whole = modules.reduce((most, module) => Math.max(most, rankOf(module)), 1);
  const scale = scaleOf(alpha, rank);
  const even = new Map(tensors);
  for (const module of modules) {
    const [a, b] = [tensors.get(`${module}.lora_A`), tensors.get(`${module}.lora_B`)];
    const ranks = rankOf(module);
    if (a?.dims[0] !== ranks || b?.dims[1] !== ranks) continue;
    const named = own.alphas.find(({ name, isWhole }) => module === name || (!isWhole && module.endsWith(`.${name}`)));
    const factor = scaleOf(named?.alpha ?? alpha, ranks) / scale;
    even.set(`${module}.lora_A`, moreRows(a, whole)).set(`${module}.lora_B`, moreColumns(b, whole, factor));
  }
  return { rank: whole, alpha: scale * (rankStabilised ? Math.sqrt(whole) : whole), rankStabilised, tensors: even };
}

function moreRows({ dims, data }: Tensor<'float32'>, rows: number): Tensor<'float32'> {
  const larger = float32([rows, dims[1] as number]);
  larger.data.set(data);
  return larger;
}

function moreColumns({ dims, data }: Tensor<'float32'>, columns: number, factor: number): Tensor<'float32'> {
  const [rows, own] = dims as [number, number];
  const larger = float32([rows, columns]);
  for (let i = 0; i < elements(dims); i++)
    larger.data[Math.floor(i / own) * columns + (i % own)] = (data[i] as number) * factor;
  return larger;
}

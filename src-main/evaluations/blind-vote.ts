// A person's judgement of two models' answers, row by row, without knowing whose they are.
import { hash } from 'node:crypto';
import type { BlindChoice, BlindPair, BlindResult, BlindRow, BlindRows } from '../../src-contract/blind-vote.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { comparePreferences } from '../tasks/metrics/preference.ts';
import type { BlindVote, BlindVoteStore } from './blind-vote-store.ts';

/** The rows to ask about, and what was chosen so far. Throws EVALUATION_NOT_JUDGEABLE. */
export function blindRows(pair: BlindPair, store: BlindVoteStore): BlindRows {
  const { differing, identical } = sorted(pair, store);
  const votes = votesByRow(pair, store);
  const drawn = differing.map((position) => ({ position, ...drawOf(pair, position) }));
  drawn.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return {
    rows: drawn.map(({ position }) => {
      const vote = votes.get(position);
      return { position, choice: vote === undefined ? null : choiceOf(vote) };
    }),
    identical,
  };
}

/** A row as it is shown. Throws EVALUATION_NOT_JUDGEABLE. */
export function blindRow(pair: BlindPair, position: number, store: BlindVoteStore): BlindRow {
  const row = required(pair, position, store);
  const [first, second] = drawOf(pair, position).first === pair.of ? [row.of, row.against] : [row.against, row.of];
  return { context: row.context, target: row.target, first, second };
}

/** Keeps a choice, and the order in which the answers were shown. Throws EVALUATION_NOT_JUDGEABLE. */
export function putBlindVote(
  pair: BlindPair,
  { position, choice }: { position: number; choice: BlindChoice },
  store: BlindVoteStore,
): void {
  required(pair, position, store);
  const { of, against } = pair;
  const { first } = drawOf(pair, position);
  const second = first === of ? against : of;
  const preferred = choice === 'equal' ? null : choice === 'first' ? first : second;
  store.put(pair.id, { position, of, against, first, preferred });
}

/** How often each of the two was preferred. Throws EVALUATION_NOT_JUDGEABLE. */
export function blindResult(pair: BlindPair, store: BlindVoteStore): BlindResult {
  const { of, against } = pair;
  const { differing, identical } = sorted(pair, store);
  const votes = [...votesByRow(pair, store).values()];
  const count = (is: (vote: BlindVote) => boolean) => votes.filter(is).length;
  const equal = count(({ preferred }) => preferred === null);
  const first = count((vote) => choiceOf(vote) === 'first');
  return {
    ...{ of, against, equal, identical, open: differing.length - votes.length },
    models: comparePreferences(
      count(({ preferred }) => preferred === of),
      count(({ preferred }) => preferred === against),
    ),
    places: comparePreferences(first, votes.length - equal - first),
  };
}

/** The results of every two models that were judged. */
export function blindResults(id: string, store: BlindVoteStore): BlindResult[] {
  return judgedPairs(store.list(id)).map((pair) => blindResult({ id, ...pair }, store));
}

/** Every two models that there are votes on. */
export function judgedPairs(votes: readonly BlindVote[]): { of: number; against: number }[] {
  const pairs = new Map(votes.map(({ of, against }) => [`${of} ${against}`, { of, against }]));
  return [...pairs.values()].sort((a, b) => a.of - b.of || a.against - b.against);
}

/** There is nothing to choose if only the space around them differs: it is not shown. */
export function isSameAnswer(one: string, other: string): boolean {
  return one.trim() === other.trim();
}

function choiceOf({ first, preferred }: Pick<BlindVote, 'first' | 'preferred'>): BlindChoice {
  return preferred === null ? 'equal' : preferred === first ? 'first' : 'second';
}

/**
 * What chance decides about a row: when it is asked about, and whose answer is shown first. A hash of the evaluation's
 * id, which is random, so that a page that is opened again shows the same and knows nothing of it. Whoever judges only
 * some rows has judged a random part of them.
 */
function drawOf({ id, of, against }: BlindPair, position: number): { rank: string; first: number } {
  const digits = hash('sha256', `${id} ${of} ${against} ${position}`);
  return { rank: digits.slice(1), first: Number.parseInt(digits.charAt(0), 16) % 2 === 0 ? of : against };
}

/** The places of the rows whose answers differ, and how many are the same. */
function sorted(pair: BlindPair, store: BlindVoteStore): { differing: number[]; identical: number } {
  const differing: number[] = [];
  let identical = 0;
  for (const row of store.answers(pair)) {
    if (isSameAnswer(row.of, row.against)) identical++;
    else differing.push(row.position);
  }
  if (pair.against >= pair.of || differing.length + identical === 0) throw notJudgeable(pair);
  return { differing, identical };
}

/** A row to be judged. */
function required(pair: BlindPair, position: number, store: BlindVoteStore) {
  const row = store.row(pair, position);
  if (pair.against >= pair.of || row === undefined || isSameAnswer(row.of, row.against)) throw notJudgeable(pair);
  return row;
}

function votesByRow({ id, of, against }: BlindPair, store: BlindVoteStore): Map<number, BlindVote> {
  const votes = store.list(id).filter((vote) => vote.of === of && vote.against === against);
  return new Map(votes.map((vote) => [vote.position, vote]));
}

function notJudgeable({ id }: BlindPair): StudioError<'EVALUATION_NOT_JUDGEABLE'> {
  return new StudioError('EVALUATION_NOT_JUDGEABLE', { evaluation: id });
}

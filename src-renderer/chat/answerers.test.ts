import { expect, test, vi } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import {
  adapter,
  answer,
  baseModel,
  chatForEachTest,
  conversation,
  opened,
  stored,
  user,
} from '../../test/fixtures/chat-panel.ts';
import { client } from '../client.ts';
import { ComparisonState } from './comparison-state.svelte.ts';

vi.mock('../client.ts', () => import('../../test/fixtures/chat-client.ts'));

chatForEachTest();

// Regression: each of hundreds had a chip, oldest first: seconds to draw, and the one just trained was far below.
test('of hundreds of adapters the newest have chips, and those that are chosen or searched for', async () => {
  const many = Array.from({ length: 300 }, (_, age) => ({ ...adapter(`a${age}`, 'mrc'), createdAt: age }));
  vi.mocked(client.adapters.list).mockResolvedValue(many);
  const state = await opened();
  const chips = () => state.answerers.chips((id) => id === 'a7').map(({ id }) => id);
  expect(state.answerers.hasMoreThanChips).toBe(true);
  expect(chips()).toEqual(['a7', ...many.slice(-24).map(({ id }) => id)]);
  state.answerers.named.search = 'A123';
  expect(chips()).toEqual(['a7', 'a123']);
});

// Regression: it went through all adapters for each dataset, and for each adapter: a second for two thousand of them.
test('the dataset whose rows can be asked, and who is compared, are found by going through the adapters a few times', async () => {
  const asked: string[] = [];
  const many = Array.from({ length: 40 }, (_, age) => ({
    ...adapter(`a${age}`, 'mrc'),
    createdAt: age,
    get baseSha256() {
      asked.push(this.id);
      return baseModel('b', { builtIn: true }).sha256;
    },
  }));
  vi.mocked(client.adapters.list).mockResolvedValue(many);
  const state = await opened();
  state.datasets = Array.from({ length: 40 }, (_, n) => ({ id: `d${n}`, task: 'custom' }) as Dataset);
  asked.length = 0;
  expect(state.dataset).toBeUndefined();
  expect(asked.length).toBeLessThan(5 * many.length);
  const comparison = new ComparisonState(state);
  asked.length = 0;
  comparison.begin();
  expect(comparison.chosen).toEqual([null, 'a39', 'a0']);
  expect(asked.length).toBeLessThan(20 * many.length);
  state.leave();
});

test('deleted adapters are no longer used, alone or in a mix', async () => {
  const state = await opened();
  state.choose('answers');
  state.answerers.add('notes', 0.5);
  vi.mocked(client.adapters.list).mockResolvedValue([adapter('answers', 'mrc')]);
  await state.refresh();
  expect(state.answerers.chosen).toEqual({ adapterId: 'answers', strength: 1 });
  vi.mocked(client.adapters.list).mockResolvedValue([]);
  await state.refresh();
  expect([state.answerers.adapterId, state.task]).toEqual([null, 'mrc']);
  state.leave();
});

// Regression: after the undo, the next message went to the base.
test('adapters whose deletion is undone answer again, unless somebody else was chosen meanwhile', async () => {
  const [answers, notes] = [adapter('answers', 'mrc'), adapter('notes', 'summarisation')];
  const state = await opened();
  const refreshWith = async (...adapters: Adapter[]) => {
    vi.mocked(client.adapters.list).mockResolvedValue(adapters);
    await state.refresh();
    return state.answerers.chosen;
  };
  state.choose('answers');
  state.answerers.strength = 0.5;
  state.answerers.add('notes', 2);
  const both = state.answerers.chosen;
  expect(await refreshWith(answers)).toMatchObject({ adapterId: 'answers' });
  expect(await refreshWith()).toMatchObject({ adapterId: null });
  expect(await refreshWith(answers)).toEqual({ adapterId: 'answers', strength: 0.5 });
  expect(await refreshWith(answers, notes)).toEqual(both);
  await refreshWith(notes);
  state.choose(null);
  expect(await refreshWith(answers, notes)).toMatchObject({ adapterId: null });
  state.choose('answers');
  await refreshWith(notes);
  state.startConversation();
  state.choose('notes');
  expect(await refreshWith(answers, notes)).toMatchObject({ adapterId: 'notes' });
  state.leave();
});

test('a conversation opens with the strength of its last answer, even if zero', async () => {
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  stored.push(user('Who?'), { ...answer('Otto'), adapterId: 'answers', strength: 0, onPath: true });
  const state = await opened();
  expect([state.answerers.adapterId, state.answerers.strength]).toEqual(['answers', 0]);
  state.leave();
});

test('a mix belongs to the chosen adapter, and choosing another or the base drops it', async () => {
  const state = await opened();
  state.choose('answers');
  state.answerers.add('notes', 0.5);
  state.answerers.add('notes', 0.8);
  expect(state.answerers.chosen).toEqual({
    adapterId: 'answers',
    strength: 1,
    mix: [{ adapterId: 'notes', strength: 0.8 }],
  });
  state.choose('notes');
  expect(state.answerers.chosen).toEqual({ adapterId: 'notes', strength: 1 });
  state.answerers.add('answers', 1);
  state.choose(null);
  expect(state.answerers.chosen).toEqual({ adapterId: null, strength: 1 });
  state.leave();
});

// Someone coming from the rail got the base alone, which continues any text, and took that for what was trained.
test('a first conversation starts with the most recently trained adapter and its base', async () => {
  vi.mocked(client.baseModels.list).mockResolvedValue([
    baseModel('b', { builtIn: true }),
    baseModel('large', { builtIn: false }),
  ]);
  const last = { ...adapter('last', 'nl2sql'), baseModelId: 'large', createdAt: 9 };
  vi.mocked(client.adapters.list).mockResolvedValue([adapter('answers', 'mrc'), last, adapter('notes', 'mrc')]);
  const state = await opened();
  expect([state.answerers.baseModelId, state.answerers.adapterId]).toEqual(['large', 'last']);
  state.leave();
  const asked = await opened({ baseModel: 'b' });
  expect([asked.answerers.baseModelId, asked.answerers.adapterId]).toEqual(['b', null]);
  asked.leave();
});

test('a person is told that the base reads an adapter’s answers when it takes over from it', async () => {
  vi.mocked(client.baseModels.list).mockResolvedValue([
    { ...baseModel('b', { builtIn: true }), hasChatTemplate: true },
  ]);
  vi.mocked(client.chat.conversations).mockResolvedValue([conversation('c')]);
  stored.push(user('Who is a cat?'), { ...answer('Otto'), adapterId: 'answers' });
  const state = await opened({ conversation: 'c' });
  expect(state.readsAdapter).toBe(false);
  state.choose(null);
  expect(state.readsAdapter).toBe(true);
  const comparison = new ComparisonState(state);
  comparison.begin();
  expect(state.readsAdapter).toBe(false);
  comparison.on = false;
  stored.push({ ...user('And a dog?'), id: 'v', parentId: 'a' }, { ...answer('Rex'), id: 'w', parentId: 'v' });
  await state.refresh();
  expect(state.readsAdapter).toBe(false);
  state.leave();
});

test('choosing the base keeps the panel of the task', async () => {
  const state = await opened();
  state.choose('answers');
  state.choose(null);
  expect(state.task).toBe('mrc');
  state.leave();
});

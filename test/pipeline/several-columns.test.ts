import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeTinyModel } from '../fixtures/tiny-model.ts';
import { answerOf, temporaryFolder } from './command-line.ts';

test('an adapter that learned from several columns reads them in other tables and elsewhere', {
  timeout: 300_000,
}, async () => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  writeTinyModel(join(folder, 'tiny'));
  const colours = ['red', 'blue', '', 'green'];
  const goods = Array.from({ length: 40 }, (_, n) => `S${n},mug ${n},${colours[n % 4]},A ${colours[n % 4]} mug`);
  writeFileSync(join(folder, 'goods.csv'), `sku,Product,Colour,text\n${goods.join('\n')}\n`);
  const columns = 'context=Product,context=Colour,target=text';
  const importing = ['import', join(folder, 'goods.csv'), '--task', 'custom', '--name', 'goods', '--map', columns];
  expect((await answerOf(home, importing)).rejected.count).toBe(0);
  await answerOf(home, ['models', 'import', join(folder, 'tiny'), '--name', 'tiny']);
  const training = ['--rank', '4', '--targets', 'all', '--lr', '0.01', '--batch', '4', '--max-steps', '4'];
  await answerOf(home, ['train', '--dataset', 'goods', '--base', 'tiny', '--name', 'told', ...training]);

  const out = join(folder, 'peft');
  const exported = await answerOf(home, ['adapters', 'export', 'told', '--format', 'peft', '--out', out]);
  expect(exported.prompt).toBe('Product: {Product}\nColour: {Colour}');
  const elsewhere = join(folder, 'elsewhere');
  await answerOf(elsewhere, ['models', 'import', join(folder, 'tiny'), '--name', 'tiny']);
  await answerOf(elsewhere, ['adapters', 'import', out, '--name', 'told', '--base', 'tiny']);

  // A row is asked as it would have been in training, whatever the columns are called, and in whichever order they are.
  const ask = ['generate', '--base', 'tiny', '--adapter', 'told', '--keep-form', '--prompt'];
  const both = (await answerOf(home, [...ask, 'Product: jug\nColour: red'])).text.trim();
  const one = (await answerOf(home, [...ask, 'Product: can'])).text.trim();
  expect(one).not.toBe(both);
  let tables = 0;
  const answersOf = async (where: string, table: string, map: readonly string[] = []) => {
    tables++;
    const [from, to] = [join(folder, `new${tables}.csv`), join(folder, `answered${tables}.csv`)];
    writeFileSync(from, table);
    const asked = ['answer', from, '--base', 'tiny', '--adapter', 'told', '--out', to];
    await answerOf(where, [...asked, ...map]);
    const lines = readFileSync(to, 'utf8').trim().split('\n').slice(1);
    return lines.map((line) => line.split(',')[2]?.trim());
  };
  expect(await answersOf(home, 'Colour,Product\nred,jug\n,can\n')).toEqual([both, one]);
  const renamed = ['--map', 'context=item,context=paint'];
  expect(await answersOf(elsewhere, 'item,paint\njug,red\ncan,\n', renamed)).toEqual([both, one]);
  expect(await answersOf(elsewhere, 'Product,price\ncan,5\n')).toEqual([one]);
});

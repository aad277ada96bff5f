import { expect, onTestFinished, test } from 'vitest';
import { SettingStore } from '../data-folder/setting-store.ts';
import { openDatabase } from '../database/open.ts';
import { EndpointSwitch } from './endpoint-procedures.ts';

function endpointOf(settings: SettingStore): EndpointSwitch {
  // Ports are given in turn from 5001, as a system gives free ones.
  let free = 5001;
  return new EndpointSwitch(settings, async ({ port }) => ({
    url: `http://127.0.0.1:${port === 0 ? free++ : port}/v1`,
    close: async () => {},
  }));
}

// Regression: `serve --openai` had another address and another key at each start, neither of them shown in the settings.
test('an address that is asked for at the start is that of the settings, and is off again without being asked for', async () => {
  const database = openDatabase(':memory:');
  onTestFinished(() => void database.close());
  const settings = new SettingStore(database);
  const first = endpointOf(settings);
  await first.resume({ asked: true });
  const { url, key } = first.state;
  expect(first.state).toMatchObject({ on: true, url: 'http://127.0.0.1:5001/v1' });
  await first.close();

  const unasked = endpointOf(settings);
  await unasked.resume({ asked: false });
  expect(unasked.state).toMatchObject({ on: false, url: null, key });

  const again = endpointOf(settings);
  await again.resume({ asked: true });
  expect(again.state).toMatchObject({ on: true, url, key });
});

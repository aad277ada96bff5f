import { expect, test } from 'vitest';
import { findDevices } from './devices.ts';

test('each device is either found and timed, or has a reason why not', async () => {
  const devices = await findDevices({ threads: 2, device: 'graphics processor (WebGPU)' });
  // Whether it was found or not: it is what the engine was started with.
  expect(devices.map(({ id, used }) => [id, used])).toEqual([
    ['cpu', false],
    ['webgpu', true],
    ['cuda', false],
  ]);
  const [cpu] = devices;
  expect(cpu).toMatchObject({ found: true, reason: null });
  for (const { found, device, gigaflops, reason } of devices) {
    if (found) expect(gigaflops).toBeGreaterThan(0);
    else expect([device, gigaflops, reason?.length]).toEqual([null, null, expect.any(Number)]);
  }
});

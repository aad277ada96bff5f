import { expect, test } from 'vitest';
import { findDevices } from './devices.ts';

test('each device is found and timed, or told why not', async () => {
  const devices = await findDevices(2);
  expect(devices.map(({ id }) => id)).toEqual(['cpu', 'webgpu', 'cuda']);
  const [cpu] = devices;
  expect(cpu).toMatchObject({ found: true, reason: null });
  for (const { found, device, gigaflops, reason } of devices) {
    if (found) expect(gigaflops).toBeGreaterThan(0);
    else expect([device, gigaflops, reason?.length]).toEqual([null, null, expect.any(Number)]);
  }
});

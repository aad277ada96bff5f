import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startEngineChild } from './engine-child.ts';
import { EngineSettingsFile } from './engine-settings.ts';

test('the engine gets the configured threads and device, or chooses if they are missing or invalid', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'engine-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const settings = new EngineSettingsFile(folder);
  expect(settings.environment({ A: 'b' })).toEqual({ A: 'b' });
  settings.write({ threads: 3, device: 'webgpu' });
  expect(settings.environment({})).toEqual({ ADAPTER_STUDIO_THREADS: '3', ADAPTER_STUDIO_DEVICE: 'webgpu' });
  // Regression: once a device was set, no start could override it, because it took precedence over the environment.
  for (const named of ['cpu', 'webgpu']) {
    expect(settings.environment({ ADAPTER_STUDIO_DEVICE: named })).toMatchObject({ ADAPTER_STUDIO_DEVICE: named });
    expect(settings.environmentDevice({ ADAPTER_STUDIO_DEVICE: named })).toBe(named);
  }
  expect(settings.environment({ ADAPTER_STUDIO_DEVICE: 'tpu' })).toMatchObject({ ADAPTER_STUDIO_DEVICE: 'webgpu' });
  expect(settings.environmentDevice({ ADAPTER_STUDIO_DEVICE: 'tpu' })).toBe('tpu');
  expect(settings.environmentDevice({ ADAPTER_STUDIO_DEVICE: '' })).toBeNull();
  settings.write({ threads: 3, device: 'cpu' });
  expect(settings.read()).toEqual({ threads: 3, device: 'cpu' });
  const entry = new URL('../engine/engine-process.ts', import.meta.url);
  const { engine, stop } = startEngineChild(entry, settings.environment());
  expect(await engine.device()).toMatchObject({ threads: 3 });
  await stop();
  expect(settings.environment({}, { besidePage: true })).toEqual({
    ADAPTER_STUDIO_THREADS: '3',
    ADAPTER_STUDIO_NICENESS: '5',
  });
  writeFileSync(path.join(folder, 'engine.json'), '{"threads":"many"}');
  expect(settings.environment({})).toEqual({});
});

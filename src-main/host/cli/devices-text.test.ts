import { expect, test } from 'vitest';
import { devicesText } from './devices-text.ts';

const cpu = { id: 'cpu', found: true, device: 'CPU, 2 threads', gigaflops: 162.4, reason: null, used: true } as const;
const cuda = { id: 'cuda', found: false, device: null, gigaflops: null, reason: 'no card', used: false } as const;

// Regression: nothing was marked as in use, and nothing said that the chosen device was the missing one.
test('a chosen device that is missing is reported as such', () => {
  const webgpu = { ...cuda, id: 'webgpu', reason: 'No supported adapters', used: true } as const;
  expect(devicesText([{ ...cpu, used: false }, webgpu, cuda], { environmentDevice: 'webgpu' }).split('\n')).toEqual([
    'cpu: CPU, 2 threads, 162 billion operations a second, not in use: another one was chosen',
    'webgpu: not found, though chosen. No supported adapters',
    'cuda: not found. no card',
    'The environment variable ADAPTER_STUDIO_DEVICE is set to webgpu; it overrides the settings.',
    'No model can run until you choose the processor in the settings, or set ADAPTER_STUDIO_DEVICE=cpu, which overrides them.',
  ]);
});

// Regression: a software device was shown with “0 billion operations a second”.
test('a software device is shown with its speed and a note that it is slower than the CPU', () => {
  const webgpu = {
    ...cpu,
    id: 'webgpu',
    device: 'graphics processor (WebGPU)',
    gigaflops: 0.2714,
    used: false,
  } as const;
  expect(devicesText([cpu, webgpu], { environmentDevice: null }).split('\n')).toEqual([
    'cpu: CPU, 2 threads, 162 billion operations a second, in use',
    'webgpu: graphics processor (WebGPU), 0.271 billion operations a second, slower than the CPU, not in use: choose it in the settings, or set ADAPTER_STUDIO_DEVICE=webgpu',
  ]);
});

// Regression: it was ignored silently, and the CPU was used.
test('an unknown device in the environment variable is reported', () => {
  expect(devicesText([cpu], { environmentDevice: 'gpu' }).split('\n')).toEqual([
    'cpu: CPU, 2 threads, 162 billion operations a second, in use',
    'The environment variable ADAPTER_STUDIO_DEVICE is set to gpu, which is not a device (cpu or webgpu); the settings apply.',
  ]);
});

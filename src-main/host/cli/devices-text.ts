import type { DeviceReport, Settings } from '../../../src-contract/studio.ts';

/** A line for each device: whether it was found, how fast it is, whether it is in use, and why not. */
export function devicesText(
  devices: readonly DeviceReport[],
  { environmentDevice: named }: Pick<Settings, 'environmentDevice'>,
): string {
  const cpu = devices.find(({ id }) => id === 'cpu')?.gigaflops ?? 0;
  const lines = devices.map(({ id, device, found, gigaflops, reason, used }) => {
    if (!found) return `${id}: not found${used ? ', though it was chosen' : ''}. ${reason}`;
    const speed = Number((gigaflops ?? 0).toPrecision(3));
    // A driver that computes in software is found like any other.
    const slow = (gigaflops ?? 0) < cpu ? ', slower than the CPU' : '';
    return `${id}: ${device}, ${speed} billion operations a second${slow}, ${used ? 'in use' : unused[id]}`;
  });
  const isMissing = devices.some(({ used, found }) => used && !found);
  const isNamed = `The variable ADAPTER_STUDIO_DEVICE says ${named}: it goes before what is chosen in the settings.`;
  return [...lines, ...(named === null ? [] : [isNamed]), ...(isMissing ? [noDevice] : [])].join('\n');
}

const noDevice =
  'No model runs until the processor is chosen, in the settings or by the variable ADAPTER_STUDIO_DEVICE=cpu, which goes before them.';

const unused = {
  cpu: 'not in use: another was chosen',
  webgpu: 'not in use: choose it in the settings or by the variable ADAPTER_STUDIO_DEVICE=webgpu',
  cuda: 'not in use: a training asks for it with --backend tfjs',
};

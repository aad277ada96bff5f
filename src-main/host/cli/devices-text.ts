import { type DeviceReport, deviceChoiceSchema, type Settings } from '../../../src-contract/studio.ts';

/** One line per device: whether it was found, how fast it is, whether it is in use, and why not. */
export function devicesText(
  devices: readonly DeviceReport[],
  { environmentDevice: named }: Pick<Settings, 'environmentDevice'>,
): string {
  const cpu = devices.find(({ id }) => id === 'cpu')?.gigaflops ?? 0;
  const lines = devices.map(({ id, device, found, gigaflops, reason, used }) => {
    if (!found) return `${id}: not found${used ? ', though chosen' : ''}. ${reason}`;
    const speed = Number((gigaflops ?? 0).toPrecision(3));
    // A software driver is found like any other.
    const slow = (gigaflops ?? 0) < cpu ? ', slower than the CPU' : '';
    return `${id}: ${device}, ${speed} billion operations a second${slow}, ${used ? 'in use' : unused[id]}`;
  });
  const isMissing = devices.some(({ used, found }) => used && !found);
  return [...lines, ...(named === null ? [] : [namedText(named)]), ...(isMissing ? [noDevice] : [])].join('\n');
}

function namedText(named: string): string {
  const { options } = deviceChoiceSchema;
  return options.some((option) => option === named)
    ? `The environment variable ADAPTER_STUDIO_DEVICE is set to ${named}; it overrides the settings.`
    : `The environment variable ADAPTER_STUDIO_DEVICE is set to ${named}, which is not a device (${options.join(' or ')}); the settings apply.`;
}

const noDevice =
  'No model can run until you choose the processor in the settings, or set ADAPTER_STUDIO_DEVICE=cpu, which overrides them.';

const unused = {
  cpu: 'not in use: another one was chosen',
  webgpu: 'not in use: choose it in the settings, or set ADAPTER_STUDIO_DEVICE=webgpu',
  cuda: 'not in use: train with --backend tfjs to use it',
};

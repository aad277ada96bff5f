import { because } from '../../../src-contract/failure-reason.ts';
import { most } from './decoder-sizes.ts';
import type { ModelConfig } from './model-config.ts';

/** The window of a Qwen model's upper layers; undefined where it is off, as in every model published so far. */
export function windowOf(config: ModelConfig) {
  if (!config.flag('use_sliding_window', false) || config.isNull('sliding_window')) {
    requireLayerTypes(config, 'full_attention');
    return undefined;
  }
  const layers = config.count('num_hidden_layers', most.layers);
  const whole = config.countOrZero('max_window_layers', most.layers, 28);
  return {
    size: config.count('sliding_window', most.contextLength, 4096),
    layers: windowedLayers(config, layers, (layer) => layer >= whole),
  };
}

/** Throws MODEL_UNSUPPORTED if `layer_types` has another type than the one that all layers are computed as. */
export function requireLayerTypes(config: ModelConfig, known: 'full_attention' | 'sliding_attention'): void {
  const other = config.texts('layer_types')?.find((type) => type !== known);
  if (other !== undefined) throw config.unsupported(because('LAYER_KIND', { kind: other, known }));
}

/** Which layers have a sliding window: according to `layer_types`, or else the rule of older configs. */
export function windowedLayers(
  config: ModelConfig,
  layers: number,
  older: (layer: number) => boolean,
): (layer: number) => boolean {
  const types = config.texts('layer_types');
  if (types === undefined) return older;
  if (types.length !== layers) throw config.invalid(because('LAYER_TYPES_COUNT', { layers }));
  const other = types.find((type) => type !== 'full_attention' && type !== 'sliding_attention');
  if (other !== undefined)
    throw config.unsupported(because('LAYER_KIND', { kind: other, known: 'full_attention, sliding_attention' }));
  return (layer) => types[layer] === 'sliding_attention';
}

/**
 * AdamW (Loshchilov and Hutter 2019, algorithm 2): Adam with weight decay applied to the weights directly, not through
 * the gradient. Works in place on float32 arrays; moments are float32 as in PyTorch. β₁ 0.9, β₂ 0.999, ε 1e-8,
 * PyTorch's defaults.
 */
export interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export interface Update {
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Optimiser steps including this one, from 1: corrects for the moments' start at zero. */
  readonly step: number;
  /** Factor on the gradient, from clipping. */
  readonly gradientScale: number;
}

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

export function adamwUpdate(
  weights: Float32Array,
  gradient: Float32Array,
  { first, second }: Moments,
  update: Update,
): void {
  const { learningRate, weightDecay, step, gradientScale } = update;
  const keep = 1 - learningRate * weightDecay;
  const stepSize = learningRate / (1 - beta1 ** step);
  const secondCorrection = Math.sqrt(1 - beta2 ** step);
  for (let i = 0; i < weights.length; i++) {
    const g = (gradient[i] as number) * gradientScale;
    const m = beta1 * (first[i] as number) + (1 - beta1) * g;
    const v = beta2 * (second[i] as number) + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    weights[i] = (weights[i] as number) * keep - (stepSize * m) / (Math.sqrt(v) / secondCorrection + epsilon);
  }
}

/** The Euclidean norm of all gradients as one vector, in float64. */
export function globalNorm(gradients: Iterable<Float32Array>): number {
  let sum = 0;
  for (const gradient of gradients) for (let i = 0; i < gradient.length; i++) sum += (gradient[i] as number) ** 2;
  return Math.sqrt(sum);
}

/** The factor that brings a gradient of this norm down to `limit`, like PyTorch's clip_grad_norm_; 0 means no limit. */
export function clipScale(norm: number, limit: number): number {
  return limit > 0 ? Math.min(1, limit / (norm + 1e-6)) : 1;
}

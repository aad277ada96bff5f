import type { OpDefinition, OpName } from './expression.ts';
import { addOp } from './ops/add.ts';
import { afterOp } from './ops/after.ts';
import { attendOp } from './ops/attend.ts';
import { expandOp, sumToOp } from './ops/broadcast.ts';
import { concatOp } from './ops/concat.ts';
import { gatherOp, scatterAddOp } from './ops/gather.ts';
import { ifAnyOp } from './ops/if-any.ts';
import { inverseRmsOp } from './ops/inverse-rms.ts';
import { matmulOp } from './ops/matmul.ts';
import { matmulBlocksOp } from './ops/matmul-blocks.ts';
import { matmulInt4Op } from './ops/matmul-int4.ts';
import { matmulInt8Op } from './ops/matmul-int8.ts';
import { multiplyOp } from './ops/multiply.ts';
import { pickOp, spreadOp } from './ops/pick.ts';
import { reluOp, stepOp } from './ops/relu.ts';
import { reshapeOp } from './ops/reshape.ts';
import { rotateOp } from './ops/rotate.ts';
import { scaleOp } from './ops/scale.ts';
import { scoresInt8Op } from './ops/scores-int8.ts';
import { sigmoidOp } from './ops/sigmoid.ts';
import { siluOp } from './ops/silu.ts';
import { padOp, sliceOp } from './ops/slice.ts';
import { expOp, logSoftmaxOp, softmaxOp } from './ops/softmax.ts';
import { subtractOp } from './ops/subtract.ts';
import { transposeOp } from './ops/transpose.ts';

/** Every op except `input`, which has neither a gradient nor a value of its own. */
export const opTable: { readonly [Op in Exclude<OpName, 'input'>]: OpDefinition<Op> } = {
  after: afterOp,
  add: addOp,
  subtract: subtractOp,
  multiply: multiplyOp,
  scale: scaleOp,
  sumTo: sumToOp,
  expand: expandOp,
  matmul: matmulOp,
  matmulInt8: matmulInt8Op,
  scoresInt8: scoresInt8Op,
  matmulInt4: matmulInt4Op,
  matmulBlocks: matmulBlocksOp,
  attend: attendOp,
  ifAny: ifAnyOp,
  reshape: reshapeOp,
  transpose: transposeOp,
  concat: concatOp,
  slice: sliceOp,
  pad: padOp,
  gather: gatherOp,
  scatterAdd: scatterAddOp,
  pick: pickOp,
  spread: spreadOp,
  sigmoid: sigmoidOp,
  silu: siluOp,
  relu: reluOp,
  step: stepOp,
  softmax: softmaxOp,
  logSoftmax: logSoftmaxOp,
  exp: expOp,
  inverseRms: inverseRmsOp,
  rotate: rotateOp,
};

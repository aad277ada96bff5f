import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { ElementType, Tensor } from '../../tensor.ts';

/**
 * Writes an ONNX model as protobuf bytes. Field numbers are those of onnx.proto3 (ONNX 1.17, IR version 10);
 * only what we use is written.
 */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initialisers: readonly OnnxInitialiser[];
  readonly outside: readonly OnnxOutside[];
  /** Intermediate values of known shape. */
  readonly values: readonly OnnxValue[];
}

export interface OnnxNode {
  readonly type: string;
  /** Empty for ONNX's own operators, `com.microsoft` for onnxruntime's. */
  readonly domain: '' | 'com.microsoft';
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export type OnnxAttribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'graph'; readonly value: OnnxBranch };

/** A subgraph inside a node; it sees what is computed before that node. */
export interface OnnxBranch {
  readonly nodes: readonly OnnxNode[];
  readonly outputs: readonly OnnxValue[];
}

export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

/** A constant; scalars have `dims` []. Typed arrays are written as raw memory. */
export interface OnnxInitialiser {
  readonly name: string;
  readonly type: 'int64' | ElementType;
  readonly dims: readonly number[];
  readonly values: readonly number[] | Tensor['data'];
}

/** A constant referenced as a file of its name (TensorProto.external_data): protobuf is limited to two gigabytes. */
export interface OnnxOutside {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly data: Tensor['data'];
}

const dataTypes = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;
const irVersion = 10;
const opset = 21;
/** The first with an attention operator. */
const opsetOfAttention = 23;

export function writeOnnxModel(graph: OnnxGraph): Uint8Array {
  const model = new BinaryWriter();
  model.tag(1, WireType.Varint).int64(irVersion);
  model.tag(2, WireType.LengthDelimited).string('adapter-studio');
  message(model, 7, () => writeGraph(model, graph));
  for (const [domain, version] of [
    ['', hasAttention(graph) ? opsetOfAttention : opset],
    ['com.microsoft', 1],
  ] as const) {
    message(model, 8, () => {
      model.tag(1, WireType.LengthDelimited).string(domain);
      model.tag(2, WireType.Varint).int64(version);
    });
  }
  return model.finish();
}

function hasAttention({ nodes }: Pick<OnnxGraph, 'nodes'>): boolean {
  return nodes.some((node) => node.type === 'Attention' || branchesOf(node).some(hasAttention));
}

/** The subgraphs inside a node. */
function branchesOf({ attributes }: OnnxNode): OnnxBranch[] {
  return Object.values(attributes).flatMap((attribute) => (attribute.kind === 'graph' ? [attribute.value] : []));
}

/** What a node reads, including in its branches, except what is computed within them. */
export function readBy(node: OnnxNode): string[] {
  return [
    ...node.inputs,
    ...branchesOf(node).flatMap(({ nodes, outputs }) => {
      const own = new Set(nodes.flatMap((each) => each.outputs));
      const read = [...nodes.flatMap(readBy), ...outputs.map(({ name }) => name)];
      return read.filter((name) => name !== '' && !own.has(name));
    }),
  ];
}

function writeGraph(writer: BinaryWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) message(writer, 1, () => writeNode(writer, node));
  writer.tag(2, WireType.LengthDelimited).string('graph');
  for (const initialiser of graph.initialisers) message(writer, 5, () => writeInitialiser(writer, initialiser));
  for (const constant of graph.outside) message(writer, 5, () => writeOutside(writer, constant));
  for (const value of graph.inputs) message(writer, 11, () => writeValue(writer, value));
  for (const value of graph.outputs) message(writer, 12, () => writeValue(writer, value));
  for (const value of graph.values) message(writer, 13, () => writeValue(writer, value));
}

function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const name of node.inputs) writer.tag(1, WireType.LengthDelimited).string(name);
  for (const name of node.outputs) writer.tag(2, WireType.LengthDelimited).string(name);
  writer.tag(4, WireType.LengthDelimited).string(node.type);
  for (const [name, attribute] of Object.entries(node.attributes))
    message(writer, 5, () => writeAttribute(writer, name, attribute));
  if (node.domain !== '') writer.tag(7, WireType.LengthDelimited).string(node.domain);
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: OnnxAttribute): void {
  writer.tag(1, WireType.LengthDelimited).string(name);
  switch (attribute.kind) {
    case 'float':
      writer.tag(2, WireType.Bit32).float(attribute.value);
      writer.tag(20, WireType.Varint).int32(1);
      break;
    case 'int':
      writer.tag(3, WireType.Varint).int64(attribute.value);
      writer.tag(20, WireType.Varint).int32(2);
      break;
    case 'string':
      writer.tag(4, WireType.LengthDelimited).string(attribute.value);
      writer.tag(20, WireType.Varint).int32(3);
      break;
    case 'ints':
      for (const value of attribute.value) writer.tag(8, WireType.Varint).int64(value);
      writer.tag(20, WireType.Varint).int32(7);
      break;
    case 'graph':
      message(writer, 6, () => writeBranch(writer, attribute.value));
      writer.tag(20, WireType.Varint).int32(5);
      break;
    default:
      attribute satisfies never;
  }
}

function writeBranch(writer: BinaryWriter, { nodes, outputs }: OnnxBranch): void {
  for (const node of nodes) message(writer, 1, () => writeNode(writer, node));
  writer.tag(2, WireType.LengthDelimited).string('branch');
  for (const value of outputs) message(writer, 12, () => writeValue(writer, value));
}

function writeInitialiser(writer: BinaryWriter, { name, type, dims, values }: OnnxInitialiser): void {
  writeKind(writer, { type, dims });
  if (ArrayBuffer.isView(values)) writer.tag(9, WireType.LengthDelimited).bytes(bytesOf(values));
  else if (type === 'float32') for (const value of values) writer.tag(4, WireType.Bit32).float(value);
  else for (const value of values) writer.tag(7, WireType.Varint).int64(value);
  writer.tag(8, WireType.LengthDelimited).string(name);
}

/** A whole file: offset and length are omitted, as they follow from type and dims. */
function writeOutside(writer: BinaryWriter, { name, type, dims }: OnnxOutside): void {
  writeKind(writer, { type, dims });
  writer.tag(8, WireType.LengthDelimited).string(name);
  message(writer, 13, () => {
    writer.tag(1, WireType.LengthDelimited).string('location');
    writer.tag(2, WireType.LengthDelimited).string(name);
  });
  const external = 1;
  writer.tag(14, WireType.Varint).int32(external);
}

function writeKind(writer: BinaryWriter, { type, dims }: Pick<OnnxInitialiser, 'type' | 'dims'>): void {
  for (const dim of dims) writer.tag(1, WireType.Varint).int64(dim);
  writer.tag(2, WireType.Varint).int32(dataTypes[type]);
}

export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function writeValue(writer: BinaryWriter, { name, type, shape }: OnnxValue): void {
  writer.tag(1, WireType.LengthDelimited).string(name);
  message(writer, 2, () =>
    message(writer, 1, () => {
      writer.tag(1, WireType.Varint).int32(dataTypes[type]);
      message(writer, 2, () => {
        for (const dim of shape) {
          message(writer, 1, () => {
            if (typeof dim === 'number') writer.tag(1, WireType.Varint).int64(dim);
            else writer.tag(2, WireType.LengthDelimited).string(dim);
          });
        }
      });
    }),
  );
}

function message(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
}

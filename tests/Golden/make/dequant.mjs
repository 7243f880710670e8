// Dequantization vectors: random blocks of every tensor type that the reader knows, and the floats that ggml reads.

import { Type, compute, environment } from "./ggml.mjs";
import { SplitMix64, seedOf } from "./random.mjs";
import { VectorFile } from "./vectors.mjs";

const rows = 4;
const columns = 1024;

/** Elements and bytes of a block, and the offsets of its half-precision scales. */
const blocks = {
  F32: { elements: 1, bytes: 4, halves: [] },
  F16: { elements: 1, bytes: 2, halves: [0] },
  BF16: { elements: 1, bytes: 2, halves: [] },
  Q8_0: { elements: 32, bytes: 34, halves: [0] },
  Q4_0: { elements: 32, bytes: 18, halves: [0] },
  Q2_K: { elements: 256, bytes: 84, halves: [80, 82] },
  Q3_K: { elements: 256, bytes: 110, halves: [108] },
  Q4_K: { elements: 256, bytes: 144, halves: [0, 2] },
  Q5_K: { elements: 256, bytes: 176, halves: [0, 2] },
  Q6_K: { elements: 256, bytes: 210, halves: [208] },
  IQ4_XS: { elements: 256, bytes: 136, halves: [0] },
  Q4_1: { elements: 32, bytes: 20, halves: [0, 2] },
  Q5_0: { elements: 32, bytes: 22, halves: [0] },
  Q5_1: { elements: 32, bytes: 24, halves: [0, 2] },
  Q1_0: { elements: 128, bytes: 18, halves: [0] },
  Q2_0: { elements: 64, bytes: 18, halves: [0] },
  IQ4_NL: { elements: 32, bytes: 18, halves: [0] },
  MXFP4: { elements: 32, bytes: 17, halves: [] },
  NVFP4: { elements: 64, bytes: 36, halves: [] },
  IQ3_S: { elements: 256, bytes: 110, halves: [0] },
  IQ3_XXS: { elements: 256, bytes: 98, halves: [0] },
  IQ2_S: { elements: 256, bytes: 82, halves: [0] },
  IQ2_XS: { elements: 256, bytes: 74, halves: [0] },
  IQ2_XXS: { elements: 256, bytes: 66, halves: [0] },
  IQ1_M: { elements: 256, bytes: 56, halves: [] },
  IQ1_S: { elements: 256, bytes: 50, halves: [0] },
  TQ2_0: { elements: 256, bytes: 66, halves: [64] },
  TQ1_0: { elements: 256, bytes: 54, halves: [52] },
};

// Finite, of either sign; one in four subnormal (exponent field 0), zero among them.
function half(random) {
  const exponent = random.below(4) === 0 ? 0 : 1 + random.below(30);
  return (random.below(2) << 15) | (exponent << 10) | random.below(1024);
}

function randomBlocks(random, count, { bytes, halves }) {
  const data = random.bytes(count * bytes);
  // The corners: all bits clear, all bits set.
  data.fill(0x00, 0, bytes);
  if (halves.length > 0) data.fill(0xff, bytes, 2 * bytes);
  for (let block = 0; block < count; block++)
    for (const offset of halves) data.writeUInt16LE(half(random), block * bytes + offset);
  return data;
}

// NaN payloads are not part of the comparison: the exponent field must not be all ones.
function clearNonFinite(type, data) {
  if (type === "F32") for (let i = 3; i < data.length; i += 4) data[i] &= 0xbf;
  if (type === "BF16") for (let i = 1; i < data.length; i += 2) data[i] &= 0xbf;
  // An exponent of 8 bits, beside elements of up to 6.
  if (type === "MXFP4") for (let i = 0; i < data.length; i += 17) data[i] = Math.min(data[i], 0xf8);
  // The last byte has sign and upper exponent bits of the half that is spread over a block.
  if (type === "IQ1_M") for (let i = 55; i < data.length; i += 56) data[i] &= 0xbf;
}

/** Makes dequant.json and dequant.bin. */
export function makeDequantization(folder) {
  const file = new VectorFile("dequant", environment);
  for (const [type, layout] of Object.entries(blocks)) {
    const count = rows * columns / layout.elements;
    const data = randomBlocks(new SplitMix64(seedOf(type)), count, layout);
    clearNonFinite(type, data);
    const values = compute("getRows", [
      { type: Type[type], ne: [columns, rows], data },
      { type: Type.I32, ne: [rows], data: Int32Array.from({ length: rows }, (_, i) => i) },
    ]);
    if (!values.every(Number.isFinite)) throw new Error(`${type}: a value is not finite`);
    file.add(type, { type: Type[type] }, {
      blocks: { shape: [count, layout.bytes], data },
      values: { shape: [rows, columns], data: values },
    });
  }
  file.save(folder);
}

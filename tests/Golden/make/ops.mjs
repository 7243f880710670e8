// Operator vectors: the gated delta net, the causal convolution and the two norms, as ggml's CPU backend computes them.

import { Type, compute, environment } from "./ggml.mjs";
import { SplitMix64, seedOf } from "./random.mjs";
import { VectorFile } from "./vectors.mjs";

const f32 = (shape, data) => ({ shape, data });
// ggml wants the fastest index first; vectors are stored outermost first.
const input = ({ shape, data }) => ({ type: Type.F32, ne: shape.toReversed(), data });
const zip = (count, f) => Float32Array.from({ length: count }, (_, i) => f(i));

const logUniform = (random, low, high) => low * Math.exp(random.uniform() * Math.log(high / low));

// Log decays, <= 0: slow gates keep the past alive, so that a wrong recurrence shows; fast gates must underflow well.
const gates = {
  slow: (random) => -logUniform(random, 1e-4, 0.3),
  fast: (random) => -random.uniform(1, 40),
  none: () => 0,
  mixed: (random) => [() => 0, gates.slow, gates.fast][random.below(3)](random),
};

const betas = {
  uniform: (random) => random.uniform(),
  zero: () => 0,
  nearOne: (random) => 1 - logUniform(random, 1e-7, 1e-2),
  tiny: (random) => logUniform(random, 1e-8, 1e-3),
  mixed: (random) => [() => 0, () => 1, betas.tiny, betas.nearOne, betas.uniform][random.below(5)](random),
};

// Rows of unit length. "repeated": one key per head for all tokens; "signs": the same, with random sign.
function unitRows(random, sequences, tokens, heads, dimension, kind = "random") {
  const data = new Float32Array(sequences * tokens * heads * dimension);
  for (let sequence = 0; sequence < sequences; sequence++)
    for (let token = 0; token < tokens; token++)
      for (let head = 0; head < heads; head++) {
        const at = ((sequence * tokens + token) * heads + head) * dimension;
        const first = (sequence * tokens * heads + head) * dimension;
        if (kind === "random" || token === 0) {
          const row = random.uniforms(dimension, -1, 1);
          const norm = Math.hypot(...row);
          data.set(row.map((x) => x / norm), at);
        } else {
          const sign = kind === "signs" && random.below(2) === 0 ? -1 : 1;
          data.set(data.subarray(first, first + dimension).map((x) => sign * x), at);
        }
      }
  return data;
}

/** S: head dimension; T: tokens per sequence; N: sequences; K: snapshots asked for. kda: one gate per key channel. */
const deltaCases = [
  { name: "single token", S: 64, Hk: 2, Hv: 2, T: 1, N: 1, K: 1 },
  { name: "tiled heads", S: 64, Hk: 2, Hv: 4, T: 3, N: 1, K: 1, gate: "mixed" },
  { name: "tiled heads, three sequences", S: 16, Hk: 2, Hv: 6, T: 7, N: 3, K: 2 },
  { name: "one chunk", S: 64, Hk: 1, Hv: 2, T: 64, N: 1, K: 1 },
  { name: "one chunk and a tail of one", S: 32, Hk: 2, Hv: 4, T: 65, N: 1, K: 4 },
  {
    name: "no decay, repeated keys, beta near one",
    S: 16, Hk: 2, Hv: 4, T: 65, N: 1, K: 2, gate: "none", key: "repeated", beta: "nearOne",
  },
  { name: "keys of either sign", S: 16, Hk: 2, Hv: 4, T: 33, N: 3, K: 1, key: "signs", beta: "nearOne" },
  { name: "fast gates", S: 32, Hk: 2, Hv: 2, T: 9, N: 1, K: 1, gate: "fast" },
  { name: "beta zero", S: 16, Hk: 1, Hv: 3, T: 5, N: 1, K: 1, beta: "zero" },
  { name: "beta zero, tiny, one", S: 16, Hk: 3, Hv: 3, T: 17, N: 3, K: 1, beta: "mixed", gate: "mixed" },
  { name: "large state", S: 32, Hk: 1, Hv: 2, T: 3, N: 1, K: 1, state: 1000 },
  { name: "fresh state", S: 16, Hk: 2, Hv: 4, T: 8, N: 3, K: 1, state: 0 },
  { name: "head dimension 128", S: 128, Hk: 1, Hv: 2, T: 2, N: 1, K: 1 },
  { name: "fewer tokens than snapshots", S: 16, Hk: 2, Hv: 4, T: 2, N: 3, K: 4 },
  { name: "as many tokens as snapshots", S: 16, Hk: 2, Hv: 4, T: 4, N: 3, K: 4 },
  { name: "KDA single token", S: 64, Hk: 1, Hv: 2, T: 1, N: 1, K: 1, kda: true },
  { name: "KDA tiled heads", S: 32, Hk: 2, Hv: 4, T: 3, N: 3, K: 1, kda: true, gate: "mixed" },
  { name: "KDA one chunk and a tail of one", S: 16, Hk: 2, Hv: 4, T: 65, N: 1, K: 4, kda: true },
  { name: "KDA fewer tokens than snapshots", S: 16, Hk: 2, Hv: 2, T: 1, N: 3, K: 2, kda: true, beta: "mixed" },
];

function gatedDeltaNet(file, deltaCase) {
  const { name, S, Hk, Hv, T, N, K } = deltaCase;
  const { kda = false, gate = "slow", beta = "uniform", key = "random", state = 1 } = deltaCase;
  const random = new SplitMix64(seedOf(name));
  const perGate = kda ? S : 1;
  const arrays = {
    q: f32([N, T, Hk, S], unitRows(random, N, T, Hk, S)),
    k: f32([N, T, Hk, S], unitRows(random, N, T, Hk, S, key)),
    v: f32([N, T, Hv, S], random.uniforms(N * T * Hv * S, -1, 1)),
    g: f32([N, T, Hv, perGate], zip(N * T * Hv * perGate, () => gates[gate](random))),
    beta: f32([N, T, Hv, 1], zip(N * T * Hv, () => betas[beta](random))),
    state: f32([N, Hv, S, S], random.uniforms(N * Hv * S * S, -state, state)),
  };
  const result = compute("gatedDeltaNet", Object.values(arrays).map(input), K);

  // Only as many snapshots as there are tokens are written; the others keep what the memory held before.
  const planes = Math.min(K, T);
  const outputs = N * T * Hv * S;
  const plane = N * Hv * S * S;
  const written = result.subarray(0, outputs + planes * plane);
  if (result.length !== outputs + K * plane) throw new Error(`${name}: ${result.length} results, K is not honoured`);
  if (written.some(Number.isNaN)) throw new Error(`${name}: an output was left unwritten`);
  if (!result.subarray(written.length).every(Number.isNaN)) throw new Error(`${name}: a snapshot beyond T was written`);

  file.add(name, { op: "gated_delta_net", K }, {
    ...arrays,
    output: f32([N, T, Hv, S], written.slice(0, outputs)),
    snapshots: f32([planes, N, Hv, S, S], written.slice(outputs)),
  });
}

function ssmConv(file, name, { channels, T, N, width = 4 }) {
  const random = new SplitMix64(seedOf(name));
  const time = width - 1 + T;
  const arrays = {
    input: f32([N, channels, time], random.uniforms(N * channels * time, -2, 2)),
    weight: f32([channels, width], random.uniforms(channels * width, -1, 1)),
  };
  const output = compute("ssmConv", Object.values(arrays).map(input));
  file.add(name, { op: "ssm_conv" }, { ...arrays, output: f32([N, T, channels], output) });
}

const floats = (rows) => f32([rows.length, rows[0].length], Float32Array.from(rows.flatMap((row) => [...row])));

function rmsNorm(file, name, rows, eps) {
  const values = floats(rows);
  file.add(name, { op: "rms_norm", eps }, {
    input: values, output: f32(values.shape, compute("rmsNorm", [input(values)], eps)),
  });
}

// As llama.cpp's graphs normalise queries and keys: ggml_l2_norm takes eps for the least norm, the models were trained with it
// under the root.
function l2Norm(file, name, rows, eps) {
  const values = floats(rows), length = values.shape[1];
  const scale = Math.fround(1 / Math.sqrt(length));
  file.add(name, { op: "l2_norm", eps }, {
    input: values, output: f32(values.shape, compute("rmsNorm", [input(values)], eps / length).map((x) => x * scale)),
  });
}

// Rows whose lengths lie on both sides of eps.
function rowsOfNorms(name, dimension, norms) {
  const random = new SplitMix64(seedOf(name));
  return norms.map((length) => {
    const row = random.uniforms(dimension, -1, 1);
    const scale = length / Math.hypot(...row);
    return row.map((x) => x * scale);
  });
}

/** Makes ops.json and ops.bin. */
export function makeOperators(folder) {
  const file = new VectorFile("ops", environment);
  for (const deltaCase of deltaCases) gatedDeltaNet(file, deltaCase);
  ssmConv(file, "conv one token", { channels: 24, T: 1, N: 1 });
  ssmConv(file, "conv two tokens, three sequences", { channels: 16, T: 2, N: 3 });
  ssmConv(file, "conv one chunk and a tail of one", { channels: 8, T: 65, N: 3 });
  for (const eps of [1e-6, 1e-3]) {
    const norms = [0, 1e-12, eps / 4, eps, 4 * eps, 1e-2, 1, 300];
    for (const dimension of [16, 64, 128]) {
      const l2 = `l2 norm D=${dimension} eps=${eps}`;
      l2Norm(file, l2, rowsOfNorms(l2, dimension, norms), eps);
      const rms = `rms norm D=${dimension} eps=${eps}`;
      rmsNorm(file, rms, rowsOfNorms(rms, dimension, norms), eps);
    }
  }
  file.save(folder);
}

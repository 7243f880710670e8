// Model vectors: log-probabilities of the next token over the whole vocabulary, as llama.cpp computes them for one
// sequence that is alone in its context: each prompt in one batch, then one token at a time, always the likeliest.
// ggml.mjs has registered its CPU variant by now, so llama.cpp in this process runs on that one too.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { getLlama } from "node-llama-cpp";
import { environment } from "./ggml.mjs";
import { SplitMix64, seedOf } from "./random.mjs";
import { VectorFile } from "./vectors.mjs";

/** Prompt lengths, on both sides of the chunk length 64, and how many tokens are generated after each. */
const prompts = [
  { tokens: 1, steps: 32 },
  { tokens: 2, steps: 0 },
  { tokens: 3, steps: 0 },
  { tokens: 7, steps: 32 },
  { tokens: 33, steps: 0 },
  { tokens: 64, steps: 0 },
  { tokens: 65, steps: 4 },
  { tokens: 70, steps: 0 },
];

/** One sequence alone, every number in F32. */
export const contextOptions = {
  sequences: 1,
  contextSize: 128,
  batchSize: 128,
  threads: 1,
  flashAttention: false,
  experimentalKvCacheKeyType: "F32",
  experimentalKvCacheValueType: "F32",
};

// In double; the float logits are what the engine gives.
function logSoftmax(logits) {
  const max = Math.max(...logits);
  const logSum = Math.log(logits.reduce((sum, x) => sum + Math.exp(x - max), 0));
  return Float32Array.from(logits, (x) => x - max - logSum);
}

/** Feeds tokens in one batch; the log-probabilities after the last one, by vocabulary id. */
async function evaluate(sequence, tokens, vocabulary) {
  const ask = { generateNext: { logits: true, options: { temperature: 0 } } };
  const result = await sequence.controlledEvaluate(tokens.map((t, i) => (i === tokens.length - 1 ? [t, ask] : t)));
  const { logits } = result.at(-1).next;
  if (logits.size !== vocabulary) throw new Error(`${logits.size} logits for ${vocabulary} tokens`);
  return logSoftmax(Array.from({ length: vocabulary }, (_, id) => logits.get(id)));
}

/** The prompt in one batch, then the likeliest token again and again; a row of log-probabilities after each batch. */
export async function runPrompt(model, prompt, steps, options) {
  const vocabulary = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
  const context = await model.createContext(options);
  const sequence = context.getSequence();
  const rows = [await evaluate(sequence, prompt, vocabulary)];
  const generated = [];
  for (let step = 0; step < steps; step++) {
    const likeliest = rows.at(-1).indexOf(Math.max(...rows.at(-1)));
    generated.push(likeliest);
    rows.push(await evaluate(sequence, [likeliest], vocabulary));
  }
  await context.dispose();
  return { generated, rows, vocabulary };
}

// What the file can be made from again: see SyntheticModel.cs.
function synthesis({ general, ...metadata }) {
  const seed = /^synthetic .*, seed (\d+)$/.exec(general.name)?.[1];
  if (seed === undefined) throw new Error(`${general.name}: not a synthetic model`);
  const draftLayers = metadata[general.architecture].nextn_predict_layers ?? 0;
  return { architecture: general.architecture, seed: Number(seed), draft_layers: draftLayers };
}

/** A model, and what runs it, for the manifest. */
export async function load(modelFile, options) {
  const llama = await getLlama({ build: "never", gpu: false, logLevel: "error" });
  const engine = {
    llama_cpp: llama.llamaCppRelease.release,
    ...environment,
    context: options,
    cpu_features: [...llama.systemInfo.matchAll(/(\w+) = 1/g)].map((match) => match[1]),
    model: { sha256: createHash("sha256").update(fs.readFileSync(modelFile)).digest("hex") },
  };
  return { model: await llama.loadModel({ modelPath: modelFile }), engine };
}

/**
 * Makes {model}.json and {model}.bin.
 * @param {string} modelFile a synthetic model
 */
export async function makeLogProbs(folder, modelFile) {
  const { model, engine } = await load(modelFile, contextOptions);
  const file = new VectorFile(path.basename(modelFile, ".gguf"), {
    ...engine,
    model: { ...synthesis(model.fileInfo.metadata), ...engine.model },
  });
  for (const { tokens, steps } of prompts) {
    const random = new SplitMix64(seedOf(`prompt of ${tokens}`));
    const vocabulary = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
    const prompt = Array.from({ length: tokens }, () => random.below(vocabulary));
    const { generated, rows } = await runPrompt(model, prompt, steps, contextOptions);
    file.add(`prompt of ${tokens}`, {}, {
      prompt: { shape: [tokens], data: Int32Array.from(prompt) },
      generated: { shape: [steps], data: Int32Array.from(generated) },
      log_probs: { shape: [steps + 1, vocabulary], data: Float32Array.from(rows.flatMap((row) => [...row])) },
    });
  }
  await model.dispose();
  file.save(folder);
}

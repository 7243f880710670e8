// Greedy completions of the shipped model, as llama.cpp makes them for one sequence alone, beside those that its
// training made in PyTorch and double precision: gdn-tiny.json, gdn-tiny.bin.

import fs from "node:fs";
import path from "node:path";
import { contextOptions, load, runPrompt } from "./logprobs.mjs";
import { VectorFile } from "./vectors.mjs";

const modelFile = path.join(import.meta.dirname, "../../../models/gdn-tiny/gdn-tiny.gguf");
const options = { ...contextOptions, contextSize: 1024, batchSize: 1024 };

/** @param {string} trainingFile golden.json, from the training: prompts, completions, log-probabilities, MTP drafts */
export async function makeGreedy(folder, trainingFile) {
  const { model, engine } = await load(modelFile, options);
  const file = new VectorFile("gdn-tiny", engine);
  const cases = JSON.parse(fs.readFileSync(trainingFile));
  let equal = 0;
  for (const [i, trained] of cases.entries()) {
    const steps = trained.completion.length;
    const { generated, rows } = await runPrompt(model, trained.prompt, steps, options);
    if (generated.every((token, step) => token === trained.completion[step])) equal++;
    file.add(`prompt ${i}`, {}, {
      prompt: { shape: [trained.prompt.length], data: Int32Array.from(trained.prompt) },
      generated: { shape: [steps], data: Int32Array.from(generated) },
      log_probs: { shape: [steps], data: Float32Array.from(generated, (token, step) => rows[step][token]) },
      // How far behind the second best token is: where this is small, another engine may rightly choose that one.
      gaps: { shape: [steps], data: Float32Array.from(generated, (_, step) => gap(rows[step])) },
      trained: { shape: [steps], data: Int32Array.from(trained.completion) },
      trained_log_probs: { shape: [steps], data: Float32Array.from(trained.log_probabilities) },
      trained_drafts: { shape: [trained.drafts.length], data: Int32Array.from(trained.drafts) },
    });
  }
  await model.dispose();
  file.save(folder);
  console.log(`${equal} of ${cases.length} completions are the same tokens in PyTorch`);
}

function gap(row) {
  const [best, second] = Float32Array.from(row).sort().reverse();
  return best - second;
}

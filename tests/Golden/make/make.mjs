// Remakes tests/Golden/Vectors: `node make.mjs` the operators and the dequantization, `node make.mjs DIR` also the
// log-probabilities of the models in that folder, `node make.mjs --tiny FILE` only the greedy completions of the shipped
// model, FILE being the golden.json that its training wrote.

import fs from "node:fs";
import path from "node:path";
import { makeDequantization } from "./dequant.mjs";
import { makeGreedy } from "./greedy.mjs";
import { makeLogProbs } from "./logprobs.mjs";
import { makeOperators } from "./ops.mjs";

const folder = path.join(import.meta.dirname, "..", "Vectors");
const [models, training] = process.argv.slice(2);
if (models === "--tiny") {
  await makeGreedy(folder, training);
} else {
  makeOperators(folder);
  makeDequantization(folder);
  if (models !== undefined)
    for (const file of fs.readdirSync(models).filter((name) => name.endsWith(".gguf")).sort())
      await makeLogProbs(folder, path.join(models, file));
}

// node-llama-cpp keeps its threads; without this the process would stay.
process.exit(0);

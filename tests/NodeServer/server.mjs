// A small HTTP server around node-llama-cpp: the real llama.cpp, several sequences in one context, one engine thread.
// It speaks the part of llama-server's interface that checks of live servers need. Greedy, token ids in and out, nothing
// cached: it is the clean real engine in their tests.
//
//   node server.mjs --modules NODE_MODULES --model FILE [--slots N] [--port P]
//
// Prints "listening on http://127.0.0.1:PORT" when ready. Ends when standard input does, so that it never outlives a test.

import http from "node:http";
import path from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";

const { values: args } = parseArgs({
  options: {
    modules: { type: "string" },
    model: { type: "string" },
    slots: { type: "string", default: "4" },
    port: { type: "string", default: "0" },
  },
});
const slotCount = Number(args.slots);
const contextSize = 1024, maxBody = 1 << 20, maxWaiting = 64;

const { getLlama } = await import(pathToFileURL(path.join(args.modules, "node-llama-cpp/dist/index.js")));
const llama = await getLlama({ build: "never", gpu: false, logLevel: "error" });
const model = await llama.loadModel({ modelPath: args.model });
const vocabulary = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
const context = await model.createContext({
  sequences: slotCount,
  contextSize,
  batchSize: 512,
  threads: 1,
  flashAttention: false,
  experimentalKvCacheKeyType: "F32",
  experimentalKvCacheValueType: "F32",
});
const slots = Array.from({ length: slotCount }, (_, id) => ({ id, sequence: context.getSequence(), busy: false, answered: 0 }));
const waiting = [];
const build = `node-llama-cpp (llama.cpp ${llama.llamaCppRelease.release})`;

class ApiError extends Error {
  constructor(code, type, message) {
    super(message);
    this.body = { error: { code, message, type } };
    this.code = code;
  }
}

const invalid = (message) => new ApiError(400, "invalid_request_error", message);

function integer(body, name, min, max, fallback) {
  const value = body[name] ?? fallback;
  if (!Number.isInteger(value) || value < min || value > max)
    throw invalid(`Field '${name}': ${JSON.stringify(value)} is not a whole number from ${min} to ${max}`);
  return value;
}

function readRequest(body) {
  const { prompt } = body;
  if (!Array.isArray(prompt) || prompt.length === 0) throw invalid("Field 'prompt': send an array of token ids");
  for (const id of prompt)
    if (!Number.isInteger(id) || id < 0 || id >= vocabulary) throw invalid(`Field 'prompt': ${JSON.stringify(id)} is not a token id`);
  if (prompt.length >= contextSize)
    throw new ApiError(400, "exceed_context_size_error", `The prompt has ${prompt.length} tokens, the context holds ${contextSize}`);
  if ((body.temperature ?? 0) !== 0) throw invalid("Field 'temperature': only 0, this server is greedy");
  const length = integer(body, "n_predict", -1, 2 ** 31 - 1, -1), slot = integer(body, "id_slot", -1, 2 ** 31 - 1, -1);
  return {
    prompt,
    length: Math.min(length < 0 ? Infinity : Math.max(1, length), contextSize - prompt.length),
    top: Math.min(integer(body, "n_probs", 0, 2 ** 31 - 1, 0), vocabulary),
    slot: slot < 0 ? null : slots[slot % slotCount],
    stream: body.stream === true,
    goesOn: body.ignore_eos === true,
  };
}

// Slots are given in order of arrival, the lowest free one first; a request for a busy one waits for it.
function acquire(request) {
  const free = slots.find((slot) => !slot.busy && (request.slot ?? slot) === slot);
  if (free) {
    free.busy = true;
    return Promise.resolve(free);
  }
  if (waiting.length >= maxWaiting) throw new ApiError(503, "unavailable_error", `${maxWaiting} requests are waiting`);
  return new Promise((resolve) => waiting.push({ request, resolve }));
}

function release(slot) {
  const next = waiting.findIndex(({ request }) => (request.slot ?? slot) === slot);
  if (next < 0) slot.busy = false;
  else waiting.splice(next, 1)[0].resolve(slot);
}

const text = (id) => model.detokenize([id]);
const scored = (id, probability) => ({
  id,
  token: text(id),
  bytes: [...Buffer.from(text(id))],
  logprob: Math.max(Math.log(probability), -3.4028235e38),
});

function probabilitiesOf(token, all, top) {
  const likeliest = [...all].sort(([a, p], [b, q]) => q - p || a - b).slice(0, top);
  return { ...scored(token, all.get(token)), top_logprobs: likeliest.map(([id, p]) => scored(id, p)) };
}

async function complete(request, gone, onToken) {
  const slot = await acquire(request), start = performance.now();
  let first = start, stopType = "limit";
  const answer = [];
  try {
    slot.answered = 0;
    const steps = slot.sequence.evaluateWithMetadata(
      request.prompt, { probabilities: true }, { temperature: 0, yieldEogToken: true });
    for await (const { token, probabilities } of steps) {
      if (gone()) break;
      if (answer.length === 0) first = performance.now();
      const entry = { token, probabilities: request.top > 0 ? probabilitiesOf(token, probabilities, request.top) : null };
      answer.push(entry);
      slot.answered = answer.length;
      onToken(entry, answer.length);
      if (model.isEogToken(token) && !request.goesOn) {
        stopType = "eos";
        break;
      }
      if (answer.length >= request.length) break;
    }
  } finally {
    // Before the slot is free, not when it is next used: other running answers delay the clearing, and a request that waited
    // for it would not be answered concurrently with them.
    slot.sequence.clearHistory().finally(() => release(slot));
  }
  return { slot, answer, stopType, promptMs: first - start, answerMs: performance.now() - first };
}

const probabilityList = (entries) =>
  entries.some(({ probabilities }) => probabilities) ? { completion_probabilities: entries.map((e) => e.probabilities) } : {};

const partial = (request, entry, count) => ({
  index: 0, content: text(entry.token), tokens: [entry.token], stop: false, id_slot: -1, tokens_predicted: count,
  tokens_evaluated: request.prompt.length, ...probabilityList([entry]),
});

const final = (request, { slot, answer, stopType, promptMs, answerMs }, entries) => ({
  index: 0, content: entries.map((e) => text(e.token)).join(""), tokens: entries.map((e) => e.token), id_slot: slot.id,
  stop: true, model: path.basename(args.model), tokens_predicted: answer.length, tokens_evaluated: request.prompt.length,
  truncated: stopType === "limit" && request.prompt.length + answer.length >= contextSize, stop_type: stopType,
  stopping_word: "", tokens_cached: request.prompt.length + answer.length - 1,
  timings: {
    cache_n: 0, prompt_n: request.prompt.length, prompt_ms: promptMs, predicted_n: answer.length, predicted_ms: answerMs,
  },
  ...probabilityList(entries),
});

async function readBody(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > maxBody) throw new ApiError(413, "invalid_request_error", `The body is longer than ${maxBody} bytes`);
    chunks.push(chunk);
  }
  try {
    const body = JSON.parse(Buffer.concat(chunks));
    if (body !== null && typeof body === "object" && !Array.isArray(body)) return body;
  } catch (error) {
    throw invalid(`The body is not JSON: ${error.message}`);
  }
  throw invalid("The body is not a JSON object");
}

function send(response, code, body) {
  response.writeHead(code, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

async function handleCompletion(httpRequest, response) {
  const request = readRequest(await readBody(httpRequest));
  const gone = () => response.destroyed;
  const event = (body) => {
    if (!response.headersSent) response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(`data: ${JSON.stringify(body)}\n\n`);
  };
  const result = await complete(request, gone, (entry, count) => {
    if (request.stream) event(partial(request, entry, count));
  });
  if (gone()) return;
  if (!request.stream) return send(response, 200, final(request, result, result.answer));
  event(final(request, result, []));
  response.end();
}

const pages = {
  "GET /health": () => ({ status: "ok" }),
  "GET /props": () => ({
    default_generation_settings: { params: {}, n_ctx: contextSize }, total_slots: slotCount,
    model_alias: path.basename(args.model), model_path: args.model, build_info: build,
  }),
  "GET /v1/models": () => ({ object: "list", data: [{ id: path.basename(args.model), object: "model", owned_by: "llamacpp" }] }),
  "GET /slots": () => slots.map(({ id, busy, answered }) => ({
    id, n_ctx: contextSize, speculative: false, is_processing: busy, next_token: [{ has_next_token: busy, n_decoded: answered }],
  })),
};

const server = http.createServer(async (request, response) => {
  response.setHeader("Server", "llama.cpp (node-llama-cpp)");
  try {
    const route = `${request.method} ${request.url}`;
    if (pages[route]) send(response, 200, pages[route]());
    else if (route === "POST /completion" || route === "POST /completions") await handleCompletion(request, response);
    else throw new ApiError(404, "not_found_error", `There is no ${request.url}`);
  } catch (error) {
    const known = error instanceof ApiError ? error : new ApiError(500, "server_error", String(error));
    if (response.headersSent) response.end(`data: ${JSON.stringify(known.body)}\n\n`);
    else send(response, known.code, known.body);
  }
});
server.listen(Number(args.port), "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));

process.stdin.resume().on("end", () => process.exit(0));

// A small binding of libggml, just wide enough to compute one operator at a time on its CPU backend.
// Shapes here are ggml's: ne[0] is the fastest index.

import path from "node:path";
import { getBinsDir } from "@node-llama-cpp/linux-x64";
import koffi from "koffi";

export const Type = {
  F32: 0, F16: 1, Q4_0: 2, Q4_1: 3, Q5_0: 6, Q5_1: 7, Q8_0: 8, Q2_K: 10, Q3_K: 11, Q4_K: 12, Q5_K: 13, Q6_K: 14, IQ2_XXS: 16,
  IQ2_XS: 17, IQ3_XXS: 18, IQ1_S: 19, IQ4_NL: 20, IQ3_S: 21, IQ2_S: 22, IQ4_XS: 23, I32: 26, IQ1_M: 29, BF16: 30, TQ1_0: 34,
  TQ2_0: 35, MXFP4: 39, NVFP4: 40, Q1_0: 41, Q2_0: 42,
};

// The variant is fixed, rather than the best one for this machine, so that another machine makes the same bits.
const cpuVariant = "libggml-cpu-haswell.so";

const folder = path.join(getBinsDir().binsDir, "linux-x64");
const base = koffi.load(path.join(folder, "libggml-base.so"));
const registry = koffi.load(path.join(folder, "libggml.v0.5.0.so"));

const InitParams = koffi.struct("ggml_init_params", { mem_size: "size_t", mem_buffer: "void *", no_alloc: "bool" });

const version = base.func("const char *ggml_version()");
const commit = base.func("const char *ggml_commit()");
const init = base.func("ggml_init", "void *", [InitParams]);
const free = base.func("void ggml_free(void *ctx)");
const tensorOverhead = base.func("size_t ggml_tensor_overhead()");
const graphOverhead = base.func("size_t ggml_graph_overhead()");
const newTensor = base.func(
  "void *ggml_new_tensor_4d(void *ctx, int type, int64_t ne0, int64_t ne1, int64_t ne2, int64_t ne3)");
const newGraph = base.func("void *ggml_new_graph(void *ctx)");
const buildForward = base.func("void ggml_build_forward_expand(void *graph, void *tensor)");
const bytesOf = base.func("size_t ggml_nbytes(void *tensor)");
const allocTensors = base.func("void *ggml_backend_alloc_ctx_tensors(void *ctx, void *backend)");
const freeBuffer = base.func("void ggml_backend_buffer_free(void *buffer)");
const tensorSet = base.func("void ggml_backend_tensor_set(void *tensor, const void *data, size_t offset, size_t size)");
const tensorGet = base.func(
  "void ggml_backend_tensor_get(void *tensor, _Out_ void *data, size_t offset, size_t size)");
const graphCompute = base.func("int ggml_backend_graph_compute(void *backend, void *graph)");
const backendLoad = registry.func("void *ggml_backend_load(const char *path)");
const backendInit = registry.func("void *ggml_backend_init_by_name(const char *name, const char *params)");

const operators = {
  gatedDeltaNet: base.func(
    "void *ggml_gated_delta_net(void *ctx, void *q, void *k, void *v, void *g, void *beta, void *state, int64_t K)"),
  ssmConv: base.func("void *ggml_ssm_conv(void *ctx, void *sx, void *c)"),
  rmsNorm: base.func("void *ggml_rms_norm(void *ctx, void *a, float eps)"),
  getRows: base.func("void *ggml_get_rows(void *ctx, void *a, void *rows)"),
};

if (backendLoad(path.join(folder, cpuVariant)) === null) throw new Error(`${cpuVariant}: cannot be loaded`);
const backend = backendInit("CPU", null);
if (backend === null) throw new Error("ggml: no CPU backend");

/** What made the numbers; goes into every manifest. */
export const environment = { ggml: version(), commit: commit(), cpu_backend: cpuVariant };

/**
 * Computes one operator.
 * @param {keyof operators} operator
 * @param {{type: number, ne: number[], data: Buffer | Float32Array | Int32Array}[]} inputs in the operator's order
 * @param {...number} parameters the operator's scalar arguments
 * @returns {Float32Array} the result in memory order; what the operator leaves unwritten is NaN
 */
export function compute(operator, inputs, ...parameters) {
  const memory = Number(tensorOverhead()) * 64 + Number(graphOverhead());
  const ctx = init({ mem_size: memory, mem_buffer: null, no_alloc: true });
  const tensors = inputs.map(({ type, ne }) => newTensor(ctx, type, ...ne, ...Array(4 - ne.length).fill(1)));
  const result = operators[operator](ctx, ...tensors, ...parameters);
  const graph = newGraph(ctx);
  buildForward(graph, result);
  const buffer = allocTensors(ctx, backend);

  inputs.forEach(({ data }, i) => {
    const size = Number(bytesOf(tensors[i]));
    if (data.byteLength !== size) throw new Error(`${operator} input ${i}: ${data.byteLength} bytes, expected ${size}`);
    tensorSet(tensors[i], data, 0, size);
  });
  const output = new Float32Array(Number(bytesOf(result)) / 4).fill(NaN);
  tensorSet(result, output, 0, output.byteLength);
  if (graphCompute(backend, graph) !== 0) throw new Error(`${operator}: ggml_backend_graph_compute failed`);
  tensorGet(result, output, 0, output.byteLength);

  freeBuffer(buffer);
  free(ctx);
  return output;
}

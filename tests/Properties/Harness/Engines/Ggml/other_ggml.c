// Stands in for a libggml-base of another kind: as much of it as is called before it is refused.
#include <stddef.h>
#include <stdint.h>

#ifdef VERSION
const char *ggml_version(void) { return VERSION; }
#endif

struct init_params { size_t mem_size; void *mem_buffer; _Bool no_alloc; };
struct tensor { int64_t ne[4]; };

static struct tensor tensors[64];
static int count;

void *ggml_init(struct init_params params) { return params.no_alloc ? tensors : NULL; }
void ggml_free(void *ctx) { (void)ctx; }
size_t ggml_tensor_overhead(void) { return 368; }
size_t ggml_graph_overhead(void) { return 1024; }

struct tensor *ggml_new_tensor_4d(void *ctx, int type, int64_t ne0, int64_t ne1, int64_t ne2, int64_t ne3) {
    (void)ctx, (void)type;
    struct tensor *t = &tensors[count++];
    *t = (struct tensor){{ne0, ne1, ne2, ne3}};
    return t;
}

size_t ggml_nbytes(const struct tensor *t) { return 4 * t->ne[0] * t->ne[1] * t->ne[2] * t->ne[3]; }

#ifndef NO_OP
// Seven arguments: the number of snapshots comes from the state's second dimension.
struct tensor *ggml_gated_delta_net(void *ctx, struct tensor *q, struct tensor *k, struct tensor *v, struct tensor *g,
                                    struct tensor *beta, struct tensor *state) {
    (void)q, (void)k, (void)g, (void)beta, (void)state;
    return ggml_new_tensor_4d(ctx, 0, v->ne[0] * v->ne[1], v->ne[2] + v->ne[0], v->ne[3], 1);
}
#endif

#define STUB(name) void name(void) {}
STUB(ggml_new_graph) STUB(ggml_build_forward_expand) STUB(ggml_backend_alloc_ctx_tensors) STUB(ggml_backend_buffer_free)
STUB(ggml_backend_tensor_set) STUB(ggml_backend_tensor_get) STUB(ggml_backend_graph_compute) STUB(ggml_backend_free)
STUB(ggml_backend_get_device) STUB(ggml_backend_dev_backend_reg) STUB(ggml_backend_reg_get_proc_address)
STUB(ggml_threadpool_params_init)

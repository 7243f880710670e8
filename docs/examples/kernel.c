/*
 * The gated delta rule as a library for gdn-harness: the smallest kernel that passes, and a frame for yours.
 *
 *     cc -O2 -shared -fPIC -Idocs -o libkernel.so docs/examples/kernel.c -lm
 *     gdn-harness check --engine native:./libkernel.so
 */
#include "gdn_engine.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const gdn_description description = {
    GDN_DESCRIPTION_SIZES,
    .capabilities = GDN_KERNEL,
    .state_format = GDN_F32,
    .input_format = GDN_F32,
    .arithmetic_format = GDN_F32,
    .chunk = 1,
    .state_layout = GDN_STATE_KV,
};

uint32_t gdn_abi_version(void) { return GDN_ABI_VERSION; }

const gdn_description *gdn_describe(void) { return &description; }

/* One token and head: S [K, V] is updated, o [V] written. g is one gate, or K of them. */
static void step(
    int K, int V, const float *q, const float *k, const float *v, const float *g, int per_channel, float beta, float *S,
    float *o) {
    for (int i = 0; i < K; i++) {
        float decay = expf(g[per_channel ? i : 0]);
        for (int j = 0; j < V; j++) S[i * V + j] *= decay;
    }

    float scale = 1.0f / sqrtf((float)K);
    for (int j = 0; j < V; j++) {
        float read = 0;
        for (int i = 0; i < K; i++) read += S[i * V + j] * k[i];
        float delta = beta * (v[j] - read), sum = 0;
        for (int i = 0; i < K; i++) {
            S[i * V + j] += k[i] * delta;
            sum += S[i * V + j] * q[i];
        }
        o[j] = scale * sum;
    }
}

int gdn_kernel_run(const gdn_kernel_call *c) {
    int T = c->n_tokens, Hk = c->n_key_heads, Hv = c->n_value_heads, K = c->key_dim, V = c->value_dim;
    int gates = c->gate_per_channel ? K : 1;
    size_t head = (size_t)K * V, state = Hv * head;
    for (int n = 0; n < c->n_seqs; n++) {
        float *S = c->pool + c->rows[n] * state;
        for (int t = 0; t < T; t++) {
            size_t token = (size_t)n * T + t;
            for (int h = 0; h < Hv; h++) {
                int hk = c->head_map == GDN_HEADS_TILED ? h % Hk : h / (Hv / Hk);
                step(
                    K, V, c->q + (token * Hk + hk) * K, c->k + (token * Hk + hk) * K, c->v + (token * Hv + h) * V,
                    c->g + (token * Hv + h) * gates, c->gate_per_channel, c->beta[token * Hv + h], S + h * head,
                    c->o + (token * Hv + h) * V);
            }
            int plane = T - 1 - t;
            if (plane < c->n_planes) memcpy(c->snapshots + (plane * (size_t)c->n_seqs + n) * state, S, state * sizeof(float));
        }
    }
    return GDN_OK;
}

/*
 * The gated delta rule as models call it, in one op: sequences of unlike lengths packed behind each other, gates before softplus
 * and sigmoid, keys and queries before they are brought to unit length.
 *
 *     cc -O2 -shared -fPIC -Idocs -o libpacked.so docs/examples/packed_kernel.c -lm
 *     gdn-harness check --engine native:./libpacked.so
 */
#include "gdn_engine.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const gdn_description description = {
    GDN_DESCRIPTION_SIZES,
    .capabilities = GDN_KERNEL,
    .state_format = GDN_F32,
    .input_format = GDN_F32,
    .arithmetic_format = GDN_F32,
    .chunk = 1,
    .state_layout = GDN_STATE_KV,
    .kernel_flags = GDN_KERNEL_RAGGED | GDN_KERNEL_EMPTY_SEQUENCES | GDN_KERNEL_RAW_GATES | GDN_KERNEL_RAW_KEYS,
};

uint32_t gdn_abi_version(void) { return GDN_ABI_VERSION; }

const gdn_description *gdn_describe(void) { return &description; }

static float softplus(float x) { return fmaxf(x, 0.0f) + log1pf(expf(-fabsf(x))); }

static float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

/* What x [n] is to be multiplied with to have unit length. */
static float inverse_norm(const float *x, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) sum += x[i] * x[i];
    return 1.0f / sqrtf(sum + 1e-6f);
}

/* One token and head: S [K, V] is updated, o [V] written. g is one log decay, or K of them. */
static void step(
    int K, int V, const float *q, float q_scale, const float *k, float k_scale, const float *v, const float *g, int per_channel,
    float beta, float *S, float *o) {
    for (int i = 0; i < K; i++) {
        float decay = expf(g[per_channel ? i : 0]);
        for (int j = 0; j < V; j++) S[i * V + j] *= decay;
    }

    q_scale /= sqrtf((float)K);
    for (int j = 0; j < V; j++) {
        float read = 0, sum = 0;
        for (int i = 0; i < K; i++) read += S[i * V + j] * (k_scale * k[i]);
        float delta = beta * (v[j] - read);
        for (int i = 0; i < K; i++) {
            S[i * V + j] += k_scale * k[i] * delta;
            sum += S[i * V + j] * q[i];
        }
        o[j] = q_scale * sum;
    }
}

int gdn_kernel_run(const gdn_kernel_call *c) {
    int Hk = c->n_key_heads, Hv = c->n_value_heads, K = c->key_dim, V = c->value_dim, gates = c->gate_per_channel ? K : 1;
    int raw_gates = (c->flags & GDN_KERNEL_RAW_GATES) != 0, raw_keys = (c->flags & GDN_KERNEL_RAW_KEYS) != 0;
    size_t head = (size_t)K * V, state = Hv * head;
    float *log_decay = malloc(sizeof(float) * gates);
    for (int n = 0; n < c->n_seqs; n++) {
        int first = c->cu_seqlens ? c->cu_seqlens[n] : n * c->n_tokens;
        int T = c->cu_seqlens ? c->cu_seqlens[n + 1] - first : c->n_tokens;
        float *S = c->pool + c->rows[n] * state;
        for (int t = 0; t < T; t++) {
            size_t token = (size_t)first + t;
            for (int h = 0; h < Hv; h++) {
                int hk = c->head_map == GDN_HEADS_TILED ? h % Hk : h / (Hv / Hk);
                const float *q = c->q + (token * Hk + hk) * K, *k = c->k + (token * Hk + hk) * K;
                const float *g = c->g + (token * Hv + h) * gates;
                float beta = c->beta[token * Hv + h];
                for (int i = 0; i < gates; i++)
                    log_decay[i] = raw_gates ? -expf(c->a_log[h]) * softplus(g[i] + c->dt_bias[h * gates + i]) : g[i];
                step(
                    K, V, q, raw_keys ? inverse_norm(q, K) : 1.0f, k, raw_keys ? inverse_norm(k, K) : 1.0f,
                    c->v + (token * Hv + h) * V, log_decay, c->gate_per_channel, raw_gates ? sigmoid(beta) : beta, S + h * head,
                    c->o + (token * Hv + h) * V);
            }
            int plane = T - 1 - t;
            if (plane < c->n_planes) memcpy(c->snapshots + (plane * (size_t)c->n_seqs + n) * state, S, state * sizeof(float));
        }
    }
    free(log_decay);
    return GDN_OK;
}

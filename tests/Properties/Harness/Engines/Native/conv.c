/* A convolution behind gdn_engine.h, spoilt in one way: -DSPOILT=n. What the harness must make of it is in NativeConvTests. */
#include "gdn_engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CLEAN, REFLECTED, NO_SHIFT, SHORT_PROMPT, FOREIGN_ROW, FIRST_ROW, STRAY_WRITE, SEGFAULT, ONE_LATE, NO_BIAS };

static const gdn_description description = { GDN_DESCRIPTION_SIZES, .capabilities = GDN_CONV, .chunk = 1 };

uint32_t gdn_abi_version(void) { return GDN_ABI_VERSION; }

const gdn_description *gdn_describe(void) { return &description; }

int gdn_conv_supports(const gdn_conv_call *c) { return c->width <= 6; }

int gdn_conv_run(const gdn_conv_call *c) {
    int T = c->n_tokens, C = c->n_channels, W = c->width, H = W - 1;
    if (SPOILT == SEGFAULT && T > 1) *(volatile int *)0 = 1;
    for (int n = 0; n < c->n_seqs; n++) {
        float *window = c->pool + (size_t)c->rows[SPOILT == FIRST_ROW && T > 1 ? 0 : n] * C * H;
        for (int t = 0; t < T; t++) {
            const float *x = c->x + ((size_t)n * T + t) * C;
            for (int ch = 0; ch < C; ch++) {
                float *in = window + ch * H, sum = c->has_bias && SPOILT != NO_BIAS ? c->bias[ch] : 0;
                for (int i = 0; i < H; i++) sum += c->weights[ch * W + (SPOILT == REFLECTED ? W - 1 - i : i)] * in[i];
                sum += c->weights[ch * W + (SPOILT == REFLECTED ? 0 : H)] * x[ch];
                c->o[((size_t)n * T + t) * C + ch] = c->has_silu ? sum / (1 + expf(-sum)) : sum;
                /* The last input of a prompt as short as the window is forgotten. */
                if (SPOILT == SHORT_PROMPT && T == H && t == T - 1) continue;
                if (SPOILT != NO_SHIFT) memmove(in, in + 1, (H - 1) * sizeof(float));
                in[H - 1] = x[ch];
            }
            int plane = T - 1 - t - (SPOILT == ONE_LATE && T > 2);
            if (plane >= 0 && plane < c->n_planes)
                memcpy(c->snapshots + ((size_t)plane * c->n_seqs + n) * C * H, window, (size_t)C * H * sizeof(float));
        }
    }
    if (SPOILT == STRAY_WRITE) c->o[(size_t)c->n_seqs * T * C] = 0;
    if (SPOILT == FOREIGN_ROW)
        for (int row = 0; row < c->n_rows; row++) {
            int used = 0;
            for (int n = 0; n < c->n_seqs; n++) used |= c->rows[n] == row;
            if (!used) c->pool[(size_t)row * C * H] = 0;
        }
    return GDN_OK;
}

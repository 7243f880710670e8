/* The example kernel, spoilt in one way each: -DSPOILT=n. What the harness must make of it is in NativeKernelTests. */
#define gdn_abi_version example_abi_version
#define gdn_describe example_describe
#define gdn_kernel_run example_run
#include "kernel.c"
#undef gdn_abi_version
#undef gdn_describe
#undef gdn_kernel_run

#include <stdio.h>
#include <stdlib.h>

enum {
    CLEAN, SEGFAULT, ABORT, EXIT, HANG, PRINT, NOT_A_NUMBER, STRAY_WRITE, INPUT_WRITTEN, FOREIGN_ROW, HALF_STATE,
    WRONG_LAYOUT, OTHER_LAYOUT, FAIL, REFUSE, WRONG_VERSION, WRONG_SIZE, NO_KERNEL, NO_CAPABILITY, WRONG_FORMAT,
    CLAIM_BF16, READ_BEHIND, SHORT_RAGGED, EMPTY_ALONE, UNKNOWN_FLAG, FLAKY
};

GDN_EXPORT uint32_t gdn_abi_version(void) { return SPOILT == WRONG_VERSION ? 99 : GDN_ABI_VERSION; }

GDN_EXPORT const gdn_description *gdn_describe(void) {
    static gdn_description d;
    d = description;
    if (SPOILT == WRONG_SIZE) d.kernel_call_size = 104;
    if (SPOILT == SHORT_RAGGED) d.kernel_call_size = 112, d.kernel_flags = GDN_KERNEL_RAGGED;
    if (SPOILT == EMPTY_ALONE) d.kernel_flags = GDN_KERNEL_EMPTY_SEQUENCES;
    if (SPOILT == UNKNOWN_FLAG) d.kernel_flags = 64;
    if (SPOILT == NO_CAPABILITY) d.capabilities = 0;
    if (SPOILT == WRONG_FORMAT) d.state_format = 9;
    if (SPOILT == WRONG_LAYOUT || SPOILT == OTHER_LAYOUT) d.state_layout = GDN_STATE_VK;
    if (SPOILT == CLAIM_BF16) d.state_format = GDN_BF16;
    return &d;
}

GDN_EXPORT const char *gdn_last_error(void) { return "out of scratch"; }

static void transpose(float *m, int rows, int columns, size_t count) {
    float *copy = malloc(sizeof(float) * rows * columns);
    for (; count > 0; count--, m += rows * columns) {
        memcpy(copy, m, sizeof(float) * rows * columns);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) m[j * rows + i] = copy[i * columns + j];
    }
    free(copy);
}

#if SPOILT == 17 /* NO_KERNEL */
static
#endif
int gdn_kernel_run(const gdn_kernel_call *c) {
    size_t head = (size_t)c->key_dim * c->value_dim, heads = c->n_value_heads;
    if (SPOILT == OTHER_LAYOUT) transpose(c->pool, c->value_dim, c->key_dim, c->n_rows * heads);
    int status = example_run(c);
    if (SPOILT == OTHER_LAYOUT) {
        transpose(c->pool, c->key_dim, c->value_dim, c->n_rows * heads);
        transpose(c->snapshots, c->key_dim, c->value_dim, (size_t)c->n_planes * c->n_seqs * heads);
    }
    if (SPOILT == PRINT) printf("%05000d\n", 0), fflush(stdout);
    if (SPOILT == HALF_STATE || SPOILT == CLAIM_BF16)
        for (size_t i = 0; i < heads * head; i++) {
            uint32_t bits;
            memcpy(&bits, &c->pool[c->rows[0] * heads * head + i], sizeof bits);
            bits = (bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000u;
            memcpy(&c->pool[c->rows[0] * heads * head + i], &bits, sizeof bits);
            if (c->n_planes > 0) memcpy(&c->snapshots[i], &bits, sizeof bits);
        }

    static int calls;
    if (SPOILT == FLAKY && ++calls % 7 == 0) c->o[0] += 1;
    if (c->n_tokens < 2) return status;
    switch (SPOILT) {
    case SEGFAULT: *(volatile int *)16 = 1; break;
    case ABORT: fprintf(stderr, "kernels.c: no plan for %d heads\n", c->n_value_heads), abort();
    case EXIT: exit(3);
    case HANG: for (volatile int i = 0;; i++) continue;
    case NOT_A_NUMBER: c->o[0] = NAN; break;
    case STRAY_WRITE: c->o[c->n_seqs * c->n_tokens * heads * c->value_dim] = 1; break;
    case INPUT_WRITTEN: ((float *)c->beta)[0] = 2; break;
    case FOREIGN_ROW:
        for (int row = 0, used; row < c->n_rows; row++) {
            used = 0;
            for (int n = 0; n < c->n_seqs; n++) used |= c->rows[n] == row;
            if (!used) c->pool[row * heads * head] = 0;
        }
        break;
    case READ_BEHIND: c->o[0] += c->k[c->n_seqs * c->n_tokens * c->n_key_heads * c->key_dim]; break;
    case FAIL: return GDN_FAILED;
    case REFUSE: return GDN_REFUSED;
    }
    return status;
}

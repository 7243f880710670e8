/* A model engine that keeps positions and answers nothing, and goes wrong in one way each: -DCRASH_IN_DECODE and so on. */
#include "gdn_engine.h"

#include <stdlib.h>
#include <string.h>

enum { SEQUENCES = 4096 };
struct gdn_model { int32_t positions[SEQUENCES]; };
struct gdn_snapshot { int32_t position; };

static void crash(void) { *(volatile int *)16 = 1; }

uint32_t gdn_abi_version(void) { return GDN_ABI_VERSION; }

const gdn_description *gdn_describe(void) {
    static const gdn_description description = {
        GDN_DESCRIPTION_SIZES,
        .capabilities = GDN_MODEL,
        .chunk = 1,
#ifdef LITTLE
        .model_flags = GDN_NO_COPY | GDN_NO_SNAPSHOT,
        .rollback = GDN_ROLLBACK_NONE,
        .ragged_batches = GDN_BATCH_REFUSED,
        .max_batch_tokens = 6,
#endif
    };
    return &description;
}

const char *gdn_last_error(void) { return "no graph"; }

int gdn_model_create(const gdn_model_options *options, gdn_model **model) {
#ifdef CRASH_IN_CREATE
    crash();
#endif
    *model = calloc(1, sizeof **model);
    return *model && options->path ? GDN_OK : GDN_FAILED;
}

void gdn_model_destroy(gdn_model *model) {
#ifdef CRASH_IN_DESTROY
    crash();
#endif
    free(model);
}

int32_t gdn_model_vocabulary(const gdn_model *model) {
#ifdef SHORT_ROWS
    return 3;
#else
    return 256;
#endif
}

/* Whether two sequences have unlike numbers of tokens. */
static int is_ragged(const gdn_token *tokens, int n) {
    int counts[SEQUENCES] = {0};
    for (int i = 0; i < n; i++) counts[tokens[i].seq]++;
    for (int i = 0; i < n; i++)
        if (counts[tokens[i].seq] != counts[tokens[0].seq]) return 1;
    return 0;
}

int gdn_model_decode(gdn_model *model, const gdn_token *tokens, int32_t n_tokens, float *logits) {
#ifdef CRASH_IN_DECODE
    crash();
#endif
#ifdef FAIL
    return GDN_FAILED;
#endif
#ifdef LITTLE
    if (n_tokens > 6 || is_ragged(tokens, n_tokens)) return GDN_REFUSED;
#endif
    for (int i = 0; i < n_tokens; i++) {
        model->positions[tokens[i].seq] = tokens[i].pos + 1;
#ifndef WRITE_NOTHING
        if (tokens[i].output) memset(logits, 0, 256 * sizeof *logits), logits += 256;
#endif
    }
    return GDN_OK;
}

int32_t gdn_model_next_position(gdn_model *model, int32_t seq) { return model->positions[seq]; }

int gdn_model_clear(gdn_model *model, int32_t seq) { return model->positions[seq] = 0, GDN_OK; }

#ifdef LITTLE
int gdn_model_counters(gdn_model *model, gdn_counters *counters) { return counters->in_place_runs = 7, GDN_OK; }
#else
int gdn_model_copy(gdn_model *model, int32_t source, int32_t target) {
#ifdef REFUSE_COPY
    return GDN_REFUSED;
#endif
    return model->positions[target] = model->positions[source], GDN_OK;
}

int gdn_model_snapshot(gdn_model *model, int32_t seq, gdn_snapshot **snapshot) {
    *snapshot = malloc(sizeof **snapshot);
    return (*snapshot)->position = model->positions[seq], GDN_OK;
}

int gdn_model_restore(gdn_model *model, int32_t seq, const gdn_snapshot *snapshot) {
    return model->positions[seq] = snapshot->position, GDN_OK;
}

void gdn_snapshot_destroy(gdn_snapshot *snapshot) { free(snapshot); }

#ifndef NO_ROLLBACK
int gdn_model_rollback(gdn_model *model, int32_t seq, int32_t n) { return model->positions[seq] -= n, GDN_OK; }
#endif
#endif

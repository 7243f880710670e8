/*
 * libllama as an engine, compiled against its own llama.h: for a version whose structures the tool does not recognise.
 *
 *     cc -O2 -shared -fPIC -o libengine.so docs/examples/llama_engine.c -Idocs -I$LLAMA/include -I$LLAMA/ggml/include \
 *         -L$BIN -lllama -lggml -lggml-base -Wl,-rpath,$BIN
 *     gdn-harness check --engine native:./libengine.so
 *
 * $LLAMA is the source and $BIN the folder of its libraries. Where backends are libraries of their own (libggml-cpu-haswell.so), add
 * -DBACKENDS="\"$BIN\"". For ik_llama.cpp add -DIK, and leave out -lggml-base. Compiled in are the
 * same choices that options of llama:DIR make: -DKV=GGML_TYPE_F16, -DFLASH=1, -DUBATCH=64, -DTHREADS=2, -DGPU=99, -DUNIFIED=1.
 * For a model that cannot roll back, such as qwen3next, add -DNO_ROLLBACK.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdn_engine.h"
#include "llama.h"

#ifndef KV
#ifdef IK /* which takes no F32 without flash attention */
#define KV GGML_TYPE_F16
#else
#define KV GGML_TYPE_F32
#endif
#endif
#ifndef FLASH
#define FLASH 0
#endif
#ifndef UBATCH
#define UBATCH 512
#endif
#ifndef THREADS
#define THREADS 1
#endif
#ifndef GPU
#define GPU 0
#endif
#ifndef UNIFIED
#define UNIFIED 0
#endif

#ifdef IK
#define MEMORY(model) (model)->context
#define SEQ_RM llama_kv_cache_seq_rm
#define SEQ_CP llama_kv_cache_seq_cp
#define SEQ_POS_MAX llama_kv_cache_seq_pos_max
#define FLAGS , 0
#define FREE_MODEL llama_free_model
#define NO_ROLLBACK
#else
#define MEMORY(model) llama_get_memory((model)->context)
#define SEQ_RM llama_memory_seq_rm
#define SEQ_CP llama_memory_seq_cp
#define SEQ_POS_MAX llama_memory_seq_pos_max
#define FLAGS
#define FREE_MODEL llama_model_free
#endif

enum { NONE = -1 };

struct gdn_model {
    struct llama_model *weights;
    struct llama_context *context;
    int32_t n_slots, vocabulary;
    int32_t *seqs; /* [n_slots]: the sequence on each slot, or NONE; slots are the library's numbers of sequences */
};

struct gdn_snapshot {
    size_t size;
    uint8_t bytes[];
};

static const gdn_description description = {
    GDN_DESCRIPTION_SIZES,
    .capabilities = GDN_MODEL,
    .model_flags = GDN_ARITHMETIC_UNDECLARED,
#ifdef NO_ROLLBACK
    .rollback = GDN_ROLLBACK_NONE,
#else
    .rollback = GDN_ROLLBACK_ONCE,
#endif
};

/* The library's last error, which says more than its return codes. */
static char error[512];

static void keep_error(enum ggml_log_level level, const char *text, void *data) {
    (void)data;
    if (level == GGML_LOG_LEVEL_ERROR && !error[0]) snprintf(error, sizeof error, "%.*s", (int)strcspn(text, "\n"), text);
}

static int status_of(int status, const char *what) {
    if (status != GDN_OK && !error[0]) snprintf(error, sizeof error, "%s", what);
    return status;
}

static int32_t find(const struct gdn_model *model, int32_t seq) {
    for (int32_t slot = 0; slot < model->n_slots; slot++)
        if (model->seqs[slot] == seq) return slot;
    return NONE;
}

static int32_t find_or_add(struct gdn_model *model, int32_t seq) {
    int32_t slot = find(model, seq);
    if (slot == NONE && (slot = find(model, NONE)) != NONE) model->seqs[slot] = seq;
    return slot;
}

uint32_t gdn_abi_version(void) { return GDN_ABI_VERSION; }

const gdn_description *gdn_describe(void) { return &description; }

const char *gdn_last_error(void) { return error; }

int gdn_model_create(const gdn_model_options *options, gdn_model **result) {
    static int is_ready;
    error[0] = 0;
    if (!is_ready) {
        llama_log_set(keep_error, NULL);
#ifdef BACKENDS
        ggml_backend_load_all_from_path(BACKENDS);
#endif
        llama_backend_init();
        is_ready = 1;
    }

    gdn_model *model = calloc(1, sizeof *model);
    *result = model;
    model->n_slots = options->n_slots;
    model->seqs = malloc(sizeof *model->seqs * model->n_slots);
    for (int32_t slot = 0; slot < model->n_slots; slot++) model->seqs[slot] = NONE;

    struct llama_model_params weights = llama_model_default_params();
    weights.n_gpu_layers = GPU;
    model->weights = llama_model_load_from_file(options->path, weights);
    if (!model->weights) return status_of(GDN_REFUSED, "llama_model_load_from_file returns NULL");
    model->vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model->weights));

    struct llama_context_params params = llama_context_default_params();
    params.n_ctx = options->n_slots * ((options->max_positions + 255) / 256 * 256);
    params.n_batch = options->max_batch_tokens;
    params.n_ubatch = UBATCH;
    params.n_seq_max = options->n_slots;
    params.n_threads = params.n_threads_batch = THREADS;
    params.type_k = params.type_v = KV;
#ifdef IK
    params.flash_attn = FLASH;
#else
    params.flash_attn_type = FLASH;
    params.kv_unified = UNIFIED;
#ifndef NO_ROLLBACK
    params.n_rs_seq = options->n_planes - 1;
#endif
#endif
    model->context = llama_init_from_model(model->weights, params);
    return model->context ? GDN_OK : status_of(GDN_REFUSED, "llama_init_from_model returns NULL");
}

void gdn_model_destroy(gdn_model *model) {
    if (model->context) llama_free(model->context);
    if (model->weights) FREE_MODEL(model->weights);
    free(model->seqs);
    free(model);
}

int32_t gdn_model_vocabulary(const gdn_model *model) { return model->vocabulary; }

int32_t gdn_model_next_position(gdn_model *model, int32_t seq) {
    int32_t slot = find(model, seq);
    return slot == NONE ? 0 : SEQ_POS_MAX(MEMORY(model), slot) + 1;
}

int32_t gdn_model_slot_of(gdn_model *model, int32_t seq) { return find(model, seq); }

/* What a batch removes or takes for itself before it is decoded must not be lost should it be refused. */
static int is_possible(gdn_model *model, const gdn_token *tokens, int32_t n_tokens) {
    int32_t next[model->n_slots], seen[model->n_slots], n_seen = 0, n_new = 0, n_free = 0;
    for (int32_t slot = 0; slot < model->n_slots; slot++) n_free += model->seqs[slot] == NONE;
    for (int32_t i = 0; i < n_tokens; i++) {
        int32_t at = 0;
        if (tokens[i].token < 0 || tokens[i].token >= model->vocabulary || tokens[i].seq < 0) return 0;
        while (at < n_seen && seen[at] != tokens[i].seq) at++;
        if (at == n_seen) {
            if (n_seen == model->n_slots) return 0;
            if (find(model, tokens[i].seq) == NONE) n_new++;
            seen[n_seen++] = tokens[i].seq;
            next[at] = tokens[i].pos == 0 ? 0 : gdn_model_next_position(model, tokens[i].seq);
        }
        if (tokens[i].pos != next[at]++) return 0;
    }
    return n_new <= n_free;
}

int gdn_model_decode(gdn_model *model, const gdn_token *tokens, int32_t n_tokens, float *logits) {
    error[0] = 0;
    if (!is_possible(model, tokens, n_tokens)) return status_of(GDN_REFUSED, "a token or position is out of range, or no slot is free");
    struct llama_batch batch = llama_batch_init(n_tokens, 0, 1);
    for (int32_t i = 0; i < n_tokens; i++) {
        int32_t slot = find_or_add(model, tokens[i].seq);
        if (tokens[i].pos == 0) SEQ_RM(MEMORY(model), slot, -1, -1);
        batch.token[i] = tokens[i].token;
        batch.pos[i] = tokens[i].pos;
        batch.n_seq_id[i] = 1;
        batch.seq_id[i][0] = slot;
        batch.logits[i] = tokens[i].output != 0;
    }
    batch.n_tokens = n_tokens;

    int status = llama_decode(model->context, batch);
    llama_batch_free(batch);
    if (status != 0) return status_of(status == -1 ? GDN_REFUSED : GDN_FAILED, "llama_decode fails");
    for (int32_t i = 0; i < n_tokens; i++) {
        if (!tokens[i].output) continue;
        const float *row = llama_get_logits_ith(model->context, i);
        if (row) memcpy(logits, row, sizeof *row * model->vocabulary);
        logits += model->vocabulary;
    }
    return GDN_OK;
}

int gdn_model_clear(gdn_model *model, int32_t seq) {
    int32_t slot = find(model, seq);
    if (slot == NONE) return GDN_OK;
    error[0] = 0;
    model->seqs[slot] = NONE;
    return status_of(SEQ_RM(MEMORY(model), slot, -1, -1) ? GDN_OK : GDN_FAILED, "a whole sequence is not removed");
}

int gdn_model_copy(gdn_model *model, int32_t source, int32_t target) {
    int32_t from = find(model, source), to = find_or_add(model, target);
    error[0] = 0;
    if (from == NONE || to == NONE) return status_of(GDN_REFUSED, "no such sequence, or no free slot");
    if (from == to) return GDN_OK;
    SEQ_RM(MEMORY(model), to, -1, -1);
    SEQ_CP(MEMORY(model), from, to, -1, -1);
    return GDN_OK;
}

int gdn_model_snapshot(gdn_model *model, int32_t seq, gdn_snapshot **result) {
    int32_t slot = find(model, seq);
    error[0] = 0;
    if (slot == NONE) return status_of(GDN_REFUSED, "no such sequence");
    size_t size = llama_state_seq_get_size(model->context, slot FLAGS);
    gdn_snapshot *snapshot = *result = malloc(sizeof *snapshot + size);
    snapshot->size = llama_state_seq_get_data(model->context, snapshot->bytes, size, slot FLAGS);
    return status_of(snapshot->size == size ? GDN_OK : GDN_FAILED, "a state is not saved whole");
}

int gdn_model_restore(gdn_model *model, int32_t seq, const gdn_snapshot *snapshot) {
    int32_t slot = find_or_add(model, seq);
    error[0] = 0;
    if (slot == NONE) return status_of(GDN_REFUSED, "no free slot");
    size_t read = llama_state_seq_set_data(model->context, snapshot->bytes, snapshot->size, slot FLAGS);
    return status_of(read ? GDN_OK : GDN_FAILED, "a state is not loaded");
}

void gdn_snapshot_destroy(gdn_snapshot *snapshot) { free(snapshot); }

#ifndef NO_ROLLBACK
int gdn_model_rollback(gdn_model *model, int32_t seq, int32_t n) {
    int32_t slot = find(model, seq);
    error[0] = 0;
    if (slot == NONE) return status_of(GDN_REFUSED, "no such sequence");
    int32_t next = gdn_model_next_position(model, seq);
    return status_of(SEQ_RM(MEMORY(model), slot, next - n, -1) ? GDN_OK : GDN_FAILED, "llama_memory_seq_rm returns false");
}
#endif

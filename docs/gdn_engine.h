/*
 * The C interface of GDN Harness: a shared library that exports these functions can be put under test with
 *
 *     gdn-harness check --engine native:./libmine.so
 *
 * Export the kernel level, the model level, or both. docs/native-engines.md says more; docs/examples holds a kernel.
 *
 * Conventions
 *  - Shapes are written outermost first, the last index contiguous. Every tensor is float, dense, 64-byte aligned.
 *  - Functions that return int return GDN_OK, GDN_REFUSED for bad input that has changed nothing, or GDN_FAILED.
 *  - The harness calls from one thread at a time, and owns every buffer that it passes. Do not keep pointers.
 *  - The library runs in a process of its own. It may print, it may crash: a crash is a finding.
 *
 * Versions
 *  - Structures grow at their end, and 0 in a new field means what was usual before. The description starts with their sizes, and
 *    whoever knows less ignores the rest: a library runs with older and newer harnesses, in either direction. So write
 *    initialisers with names, leave out what you do not need, and begin with GDN_DESCRIPTION_SIZES.
 *  - Version 2 added everything under "Since version 2". A library built with version 1 runs as before, and so does one built
 *    before kernel_flags and what belongs to it.
 */
#ifndef GDN_ENGINE_H
#define GDN_ENGINE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define GDN_EXPORT __declspec(dllexport)
#else
#define GDN_EXPORT __attribute__((visibility("default")))
#endif

/* Raised only by a change that sizes cannot express; functions and fields are added without. */
#define GDN_ABI_VERSION 2

enum { GDN_OK = 0, GDN_REFUSED = 1, GDN_FAILED = 2 };

/* Levels. */
enum { GDN_KERNEL = 1, GDN_MODEL = 2, GDN_CONV = 4 };

/* Formats of numbers. */
enum { GDN_F32 = 0, GDN_F16 = 1, GDN_BF16 = 2 };

/*
 * Formats of a kernel's states alone: whole numbers of 8 or 4 bits with a scale per block, L = 127 or 7. The scale is the
 * largest magnitude of the block over L, or its element of largest magnitude over -(L + 1), in F32 or F16. In the pool, as
 * everywhere, stand floats: what such numbers mean.
 */
enum { GDN_Q8 = 3, GDN_Q4 = 4 };

/*
 * When a kernel rounds states to their format: at most once a chunk (after each token with chunk 1); after each token, so that
 * snapshots are rounded too; once, after the last token of a call.
 */
enum { GDN_ROUND_PER_CHUNK = 0, GDN_ROUND_PER_TOKEN = 1, GDN_ROUND_PER_CALL = 2 };

/* Layout of a head's state: [key_dim, value_dim], or [value_dim, key_dim]. */
enum { GDN_STATE_KV = 0, GDN_STATE_VK = 1 };

/* Which key head value head h reads: h mod n_key_heads, or h div (n_value_heads / n_key_heads). */
enum { GDN_HEADS_TILED = 0, GDN_HEADS_GROUPED = 1 };

/*
 * Calls that a kernel takes beside the usual one, and what a call is. What is not declared is never called.
 */
enum {
    GDN_KERNEL_RAGGED = 1,         /* sequences of unlike lengths, one behind the other: tensors are [n_total_tokens, ...] */
    GDN_KERNEL_RAW_GATES = 2,      /* g holds a, beta holds b, both before the gates: see gdn_kernel_call */
    GDN_KERNEL_RAW_KEYS = 4,       /* q and k before they are brought to unit length: see gdn_kernel_call */
    GDN_KERNEL_EMPTY_SEQUENCES = 8 /* ragged calls may hold sequences of no tokens, which keep their states */
};

/* How often the last tokens of a sequence can be taken back: again and again, once after a batch, never. */
enum { GDN_ROLLBACK_REPEATED = 0, GDN_ROLLBACK_ONCE = 1, GDN_ROLLBACK_NONE = 2 };

/* What happens to a kind of batch: it may take several passes, takes one pass (never counted as a split), is refused. */
enum { GDN_BATCH_SPLIT = 0, GDN_BATCH_ONE_PASS = 1, GDN_BATCH_REFUSED = 2 };

/* What a model engine is or does otherwise than usual. */
enum {
    GDN_NO_COPY = 1,                 /* no gdn_model_copy */
    GDN_NO_SNAPSHOT = 2,             /* no gdn_model_snapshot, gdn_model_restore, gdn_snapshot_destroy */
    GDN_NOT_REPRODUCIBLE = 4,        /* equal calls may give other bits, for example through atomic sums */
    GDN_CUT_INVARIANT = 8,           /* equal bits however a sequence's tokens are cut into batches */
    GDN_ROLLS_BACK_WHOLE_BATCH = 16, /* all tokens of the last batch can be taken back, not all but one */
    GDN_POISONS_FREE_SLOTS = 32,     /* slots that no sequence occupies hold NaN */
    GDN_ARITHMETIC_UNDECLARED = 64   /* not single precision throughout, as with quantized weights: its noise is measured */
};

/* ---- Every library -------------------------------------------------------------------------------------------- */

/* What the library is. It is judged by what it declares here: wrong declarations are findings. */
typedef struct gdn_description {
    uint32_t struct_size;       /* sizeof(gdn_description), and so on: GDN_DESCRIPTION_SIZES fills all of them */
    uint32_t kernel_call_size;
    uint32_t model_options_size;
    uint32_t token_size;
    uint32_t capabilities;      /* the levels: GDN_KERNEL | GDN_MODEL | GDN_CONV */

    /* In which states are stored: rounded by a kernel as state_rounding says, once per batch by a model engine. */
    int32_t state_format;

    /* Kernel level: precision of the other stages. */
    int32_t input_format;       /* to which q, k, v and whatever else enters a product is rounded first */
    int32_t arithmetic_format;  /* of products, sums and exponentials */
    int32_t chunk;              /* tokens solved together; 1 for token by token */

    /* Kernel level: layout of states in the pool and in snapshots. */
    int32_t state_layout;

    /* Since version 2. Model level: what the engine can do. With 0 everywhere it does all that is usual. What is not declared is
       not used; what is declared and refused is a finding. */
    uint32_t counters_size;
    uint32_t model_flags;       /* GDN_NO_COPY and so on */
    int32_t rollback;           /* GDN_ROLLBACK_... */
    int32_t rollback_depth;     /* most tokens of a sequence taken back after a batch; 0: as many as n_planes allow */
    int32_t ragged_batches;     /* GDN_BATCH_...: sequences of unlike lengths in a batch */
    int32_t interleaved_batches; /* GDN_BATCH_...: tokens of a sequence that do not lie side by side */
    int32_t uniform_batches;    /* GDN_BATCH_SPLIT or GDN_BATCH_ONE_PASS: several sequences of equal length, side by side */
    int32_t max_batch_tokens;   /* where that is less than the options say; 0: it is not */
    int32_t max_positions;      /* the same */
    int32_t cache_format;       /* in which keys and values of attention layers are stored */

    /* Kernel level: how states are rounded. */
    int32_t state_block;        /* GDN_Q8, GDN_Q4: elements along the last axis of the kernel's own layout that share a scale, the
                                   last block of a row may be shorter; 0: the whole row */
    int32_t state_rounding;     /* GDN_ROUND_... */

    /* Kernel level: GDN_KERNEL_RAGGED and so on. */
    uint32_t kernel_flags;

    uint32_t conv_call_size;
} gdn_description;

#define GDN_DESCRIPTION_SIZES \
    .struct_size = sizeof(gdn_description), .kernel_call_size = sizeof(gdn_kernel_call), \
    .model_options_size = sizeof(gdn_model_options), .token_size = sizeof(gdn_token), \
    .counters_size = sizeof(gdn_counters), .conv_call_size = sizeof(gdn_conv_call)

/* Return GDN_ABI_VERSION. */
GDN_EXPORT uint32_t gdn_abi_version(void);

/* Return a description that lives as long as the library. */
GDN_EXPORT const struct gdn_description *gdn_describe(void);

/* Optional: what the last GDN_REFUSED or GDN_FAILED was about, in one line; NULL or "" for nothing to say. */
GDN_EXPORT const char *gdn_last_error(void);

/* ---- Kernel level: the gated delta rule over several sequences -------------------------------------------------- */

/*
 * For each sequence and value head, token after token, on the state S of the sequence's pool row:
 *
 *     S     = exp(g) S                 one g per head, or one per row (key channel) of S
 *     delta = beta (v - S^T k)
 *     S     = S + k delta^T
 *     o     = S^T q / sqrt(key_dim)
 *
 * Keys and queries have unit length; g <= 0, natural logarithm; beta is in [0, 1]. In raw calls, which a kernel must ask for, it
 * computes them itself, from what stands in their place:
 *
 *     GDN_KERNEL_RAW_GATES    g    = -exp(a_log) log(1 + exp(a + dt_bias))
 *                             beta = 1 / (1 + exp(-b))
 *     GDN_KERNEL_RAW_KEYS     q    = q / sqrt(|q|^2 + 1e-6)    and k likewise; a row of zeros stays one
 *
 * In ragged calls the tokens of sequence n are cu_seqlens[n] .. cu_seqlens[n + 1] - 1. For [n_seqs, n_tokens, ...] below read
 * [n_total_tokens, ...].
 */
typedef struct gdn_kernel_call {
    int32_t n_seqs;
    int32_t n_tokens;           /* of each sequence; of the longest in a ragged call */
    int32_t n_key_heads;        /* of q and k; divides n_value_heads */
    int32_t n_value_heads;      /* of v, g, beta, o and S */
    int32_t key_dim;
    int32_t value_dim;
    int32_t gate_per_channel;   /* 1: g is [n_seqs, n_tokens, n_value_heads, key_dim] */
    int32_t head_map;           /* GDN_HEADS_TILED or GDN_HEADS_GROUPED */
    int32_t n_planes;           /* P: snapshots wanted; may be 0, may exceed n_tokens */
    int32_t n_rows;             /* of the pool; at least n_seqs */

    const float *q;             /* [n_seqs, n_tokens, n_key_heads, key_dim] */
    const float *k;             /* [n_seqs, n_tokens, n_key_heads, key_dim] */
    const float *v;             /* [n_seqs, n_tokens, n_value_heads, value_dim] */
    const float *g;             /* [n_seqs, n_tokens, n_value_heads] */
    const float *beta;          /* [n_seqs, n_tokens, n_value_heads] */
    const int32_t *rows;        /* [n_seqs]: pool row of each sequence; distinct, in any order */
    float *pool;                /* [n_rows, n_value_heads, (state_layout)]: states before the first token, and after the
                                   last; rows of no sequence may be neither read nor written */
    float *o;                   /* [n_seqs, n_tokens, n_value_heads, value_dim] */
    float *snapshots;           /* [n_planes, n_seqs, n_value_heads, (state_layout)]: plane p is the state p tokens before
                                   the sequence's end; what planes beyond its tokens receive does not matter */

    /* For kernels with kernel_flags. */
    const int32_t *cu_seqlens;  /* [n_seqs + 1], of a ragged call; otherwise NULL */
    const float *a_log;         /* [n_value_heads], of raw gates; otherwise NULL */
    const float *dt_bias;       /* [n_value_heads], or [n_value_heads, key_dim] with gate_per_channel; NULL like a_log */
    uint32_t flags;             /* what this call is: of GDN_KERNEL_RAGGED and so on; 0 for the usual one */
    int32_t n_total_tokens;     /* of all sequences */
} gdn_kernel_call;

/*
 * Optional: whether the kernel runs these sizes at all (1) or not (0). Pointers other than cu_seqlens are NULL. Left out: it runs
 * all that it declares.
 */
GDN_EXPORT int gdn_kernel_supports(const gdn_kernel_call *call);

GDN_EXPORT int gdn_kernel_run(const gdn_kernel_call *call);

/* ---- The causal depthwise convolution over several sequences, as an op of its own: GDN_CONV ---------------------- */

/*
 * For each sequence and channel, with in[] the window of the sequence's pool row followed by x:
 *
 *     o[t] = act(sum_i w[i] in[t + i] + bias)        i = 0 .. width - 1; the last tap is the current token's
 *
 * The window becomes the last width - 1 inputs, bit for bit. input_format and arithmetic_format hold as for the kernel.
 */
typedef struct gdn_conv_call {
    int32_t n_seqs;
    int32_t n_tokens;           /* of each sequence */
    int32_t n_channels;
    int32_t width;              /* at least 2 */
    int32_t n_planes;           /* P: snapshots wanted; may be 0, may exceed n_tokens */
    int32_t n_rows;             /* of the pool; at least n_seqs */
    int32_t has_bias;
    int32_t has_silu;           /* 1: act is SiLU; 0: there is none */

    const float *x;             /* [n_seqs, n_tokens, n_channels] */
    const float *weights;       /* [n_channels, width] */
    const float *bias;          /* [n_channels], or NULL */
    const int32_t *rows;        /* [n_seqs]: pool row of each sequence; distinct, in any order */
    float *pool;                /* [n_rows, n_channels, width - 1], oldest input first: windows before the first token, and after
                                   the last; rows of no sequence may be neither read nor written */
    float *o;                   /* [n_seqs, n_tokens, n_channels] */
    float *snapshots;           /* [n_planes, n_seqs, n_channels, width - 1]: plane p is the window p tokens before the end; what
                                   planes beyond the tokens receive does not matter */
} gdn_conv_call;

/* Optional: whether the convolution runs these sizes at all (1) or not (0); pointers are NULL. Left out: it runs all. */
GDN_EXPORT int gdn_conv_supports(const gdn_conv_call *call);

GDN_EXPORT int gdn_conv_run(const gdn_conv_call *call);

/* ---- Model level: batches of tokens in, logits out ---------------------------------------------------------------- */

typedef struct gdn_model gdn_model;
typedef struct gdn_snapshot gdn_snapshot;

typedef struct gdn_model_options {
    const char *path;           /* a GGUF file, UTF-8 */
    int32_t n_slots;            /* sequences that live at a time */
    int32_t n_planes;           /* P: states kept per sequence after a batch; P - 1 tokens can be rolled back */
    int32_t max_batch_tokens;
    int32_t max_positions;
} gdn_model_options;

typedef struct gdn_token {
    int32_t token;
    int32_t seq;                /* any number from 0; says nothing about slots */
    int32_t pos;                /* 0 starts the sequence afresh, existing or not */
    int32_t output;             /* 1: a row of logits is wanted */
} gdn_token;

/* Since version 2: what an engine has done since it was made. What it does not count it leaves at 0. */
typedef struct gdn_counters {
    int64_t batched_runs;       /* passes that took several sequences at once */
    int64_t in_place_runs;      /* passes of one sequence directly on its slot */
    int64_t split_batches;      /* ragged or interleaved batches that took several passes */
    int64_t fallbacks;          /* uniform batches of several sequences that took several passes all the same */
    int64_t plan_hits;          /* passes that used a compiled plan again */
    int64_t plan_misses;        /* passes that compiled one */
} gdn_counters;

/* An engine without sequences. */
GDN_EXPORT int gdn_model_create(const gdn_model_options *options, gdn_model **model);

GDN_EXPORT void gdn_model_destroy(gdn_model *model);

/* Length of a row of logits: that of the file's vocabulary. */
GDN_EXPORT int32_t gdn_model_vocabulary(const gdn_model *model);

/*
 * Runs one batch: tokens of any sequences in any interleaving; within a sequence positions increase by one and continue
 * where it stands. logits receives [tokens with output, vocabulary], rows in batch order; it may be that none is wanted.
 */
GDN_EXPORT int gdn_model_decode(gdn_model *model, const gdn_token *tokens, int32_t n_tokens, float *logits);

/* The position that the sequence's next token must have; 0 for one that does not exist. */
GDN_EXPORT int32_t gdn_model_next_position(gdn_model *model, int32_t seq);

/* Optional: the state slot that the sequence occupies, or -1. */
GDN_EXPORT int32_t gdn_model_slot_of(gdn_model *model, int32_t seq);

/* Forgets the sequence; nothing happens if it does not exist. */
GDN_EXPORT int gdn_model_clear(gdn_model *model, int32_t seq);

/* Optional, since version 2: fills in what it counts; *counters arrives zeroed. */
GDN_EXPORT int gdn_model_counters(gdn_model *model, gdn_counters *counters);

/*
 * The functions from here on need not be exported where the description says that the engine does not have them.
 */

/* Makes target an independent copy of source, with nothing to roll back. */
GDN_EXPORT int gdn_model_copy(gdn_model *model, int32_t source, int32_t target);

/* A copy of the sequence's whole state. */
GDN_EXPORT int gdn_model_snapshot(gdn_model *model, int32_t seq, gdn_snapshot **snapshot);

/* Sets the sequence, existing or not, to a state that the same model has made, any number of times. */
GDN_EXPORT int gdn_model_restore(gdn_model *model, int32_t seq, const gdn_snapshot *snapshot);

/* Called before gdn_model_destroy. */
GDN_EXPORT void gdn_snapshot_destroy(gdn_snapshot *snapshot);

/*
 * Takes back the last n tokens of the sequence: within its last batch, at most min(n_planes, its tokens there) - 1 in all; with
 * GDN_ROLLS_BACK_WHOLE_BATCH min(n_planes - 1, its tokens there); never more than rollback_depth.
 */
GDN_EXPORT int gdn_model_rollback(gdn_model *model, int32_t seq, int32_t n);

#ifdef __cplusplus
}
#endif

#endif

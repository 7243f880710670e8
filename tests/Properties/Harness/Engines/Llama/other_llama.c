/* Libraries with the names of libllama whose structures are of a version that nobody knows. Nothing works. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef N_CTX
#define N_CTX 512
#endif
#ifndef SPLIT_MODE
#define SPLIT_MODE 1
#endif

#ifndef NAMELESS
bool llama_memory_seq_rm(void * memory, int32_t sequence, int32_t from, int32_t to) { return memory && sequence && from && to; }
#endif

#if !defined(NAMELESS) && !defined(BARE)

struct llama_model_params { void * devices, * overrides; int32_t n_gpu_layers, split_mode; };
struct llama_context_params { uint32_t n_ctx, n_batch, n_ubatch, n_seq_max; int64_t rest[16]; };

struct llama_model_params llama_model_default_params(void) {
    struct llama_model_params params = { NULL, NULL, -1, SPLIT_MODE };
    return params;
}

struct llama_context_params llama_context_default_params(void) {
    struct llama_context_params params = { N_CTX, 2048, 512, 1, { 0 } };
    return params;
}

#define NOTHING(name) void name(void) {}
NOTHING(llama_backend_init)
NOTHING(llama_log_set)
NOTHING(llama_model_load_from_file)
NOTHING(llama_model_get_vocab)
NOTHING(llama_vocab_n_tokens)
NOTHING(llama_init_from_model)
NOTHING(llama_free)
NOTHING(llama_n_ubatch)
NOTHING(llama_n_seq_max)
NOTHING(llama_decode)
NOTHING(llama_get_logits_ith)
NOTHING(llama_memory_clear)
NOTHING(llama_memory_seq_cp)
NOTHING(llama_memory_seq_pos_max)
NOTHING(llama_state_seq_get_size)
NOTHING(llama_state_seq_get_data)
NOTHING(llama_state_seq_set_data)
NOTHING(llama_get_memory)

#endif

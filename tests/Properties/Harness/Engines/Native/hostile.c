/*
 * A kernel and a model engine that mean harm, in one way each, which the name of the file says: hostile.PLACE.ACT.so. The first
 * time that PLACE is reached, ACT is done; where it returns, what follows is an engine that answers zeros.
 */
#define _GNU_SOURCE
#include "gdn_engine.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SEQUENCES = 4096, VOCABULARY = 256 };
struct gdn_model { int32_t positions[SEQUENCES]; };
struct gdn_snapshot { int32_t position; };

static char place[64], act[64], file[512];
static const char *error = "out of spite";
static int status = GDN_OK;

static void hang(void) {
    for (;;) pause();
}

static void spin(void) {
    for (volatile int i = 0;; i++) continue;
}

static void *spin_in_thread(void *unused) {
    spin();
    return unused;
}

static void *crash_in_thread(void *unused) {
    *(volatile int *)16 = 1;
    return unused;
}

static void *stop_in_thread(void *unused) {
    for (;;) pause();
    return unused;
}

static void flood(int stream) {
    static char text[1 << 16];
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 400; i++)
        if (write(stream, text, sizeof text) < 0) return;
}

static int descend(volatile int *depth) {
    volatile int next = *depth + 1;
    return descend(&next) + next;
}

/* A child that keeps everything open, and ignores all that can be ignored. */
static void leave_child(int sessions) {
    if (fork() != 0) return;
    for (int signal = 1; signal < 32; signal++) sigaction(signal, &(struct sigaction){.sa_handler = SIG_IGN}, 0);
    for (int i = 0; i < sessions; i++) {
        setsid();
        if (fork() != 0) _exit(0);
    }
    hang();
}

/* To the end of a machine that is small enough for tests; then comes what the system does. */
static void allocate(void) {
    const size_t block = 1 << 26;
    for (int i = 0; i < 16; i++) memset(malloc(block), 1, block);
    raise(SIGKILL);
}

static void misbehave(void) {
    if (!strcmp(act, "hang")) hang();
    else if (!strcmp(act, "spin")) spin();
    else if (!strcmp(act, "spin8")) { pthread_t t; for (int i = 0; i < 7; i++) pthread_create(&t, 0, spin_in_thread, 0); spin(); }
    else if (!strcmp(act, "threads")) { pthread_t t; for (int i = 0; i < 500; i++) pthread_create(&t, 0, stop_in_thread, 0); hang(); }
    else if (!strcmp(act, "abort")) abort();
    else if (!strcmp(act, "exit")) exit(0);
    else if (!strcmp(act, "exit1")) _exit(1);
    else if (!strcmp(act, "segv")) *(volatile int *)16 = 1;
    else if (!strcmp(act, "overflow")) { volatile int depth = 0; descend(&depth); }
    else if (!strcmp(act, "stop")) raise(SIGSTOP);
    else if (!strcmp(act, "term")) raise(SIGTERM), sleep(1000);
    else if (!strcmp(act, "interrupt")) raise(SIGINT), hang();
    else if (!strcmp(act, "hangup")) raise(SIGHUP), hang();
    else if (!strcmp(act, "kill")) kill(0, SIGKILL);
    else if (!strcmp(act, "fork-abort")) leave_child(0), abort();
    else if (!strcmp(act, "fork-hang")) leave_child(0), hang();
    else if (!strcmp(act, "fork-many")) { for (int i = 0; i < 50; i++) leave_child(0); abort(); }
    else if (!strcmp(act, "fork")) leave_child(0);
    else if (!strcmp(act, "setsid-abort")) leave_child(1), abort();
    else if (!strcmp(act, "setsid")) leave_child(1);
    else if (!strcmp(act, "daemon-abort")) leave_child(3), abort();
    else if (!strcmp(act, "daemon")) leave_child(3);
    else if (!strcmp(act, "exec-abort")) {
        if (fork() == 0) { setsid(); if (fork() == 0) execle("/bin/sleep", file, "1000", (char *)0, (char *[]){0}); _exit(0); }
        usleep(100000), abort();
    }
    else if (!strcmp(act, "flood-out")) flood(1), abort();
    else if (!strcmp(act, "flood-err")) flood(2), abort();
    else if (!strcmp(act, "flood")) flood(1), flood(2);
    else if (!strcmp(act, "close")) { for (int i = 0; i < 1024; i++) close(i); }
    else if (!strcmp(act, "close-hang")) { for (int i = 0; i < 1024; i++) close(i); hang(); }
    else if (!strcmp(act, "scribble")) { for (int i = 3; i < 1024; i++) if (write(i, "\377\377\377\077rubbish", 11) < 0) continue; }
    else if (!strcmp(act, "claim")) { for (int i = 3; i < 1024; i++) if (write(i, "\377\377\377\077", 4) < 0) continue; hang(); }
    else if (!strcmp(act, "chdir")) { if (chdir("/")) abort(); }
    else if (!strcmp(act, "allocate")) allocate();
    else if (!strcmp(act, "unmap")) munmap((void *)((size_t)&misbehave & ~4095ul), 4096);
    else if (!strcmp(act, "crash-in-thread")) { pthread_t t; pthread_create(&t, 0, crash_in_thread, 0); hang(); }
    else if (!strcmp(act, "drip")) usleep(300000);
    else if (!strcmp(act, "refuse")) status = GDN_REFUSED;
    else if (!strcmp(act, "fail")) status = GDN_FAILED;
    else if (!strcmp(act, "status")) status = -12345;
    else if (!strcmp(act, "long-error")) {
        char *text = malloc(50000001);
        memset(text, 'e', 50000000);
        text[50000000] = 0;
        error = text, status = GDN_FAILED;
    }
    else if (!strcmp(act, "bad-error")) error = (const char *)16, status = GDN_FAILED;
    else if (!strcmp(act, "rude-error")) error = "\033[2J\033[31m\xff\xfe\nverdict: CLEAN\r\n", status = GDN_FAILED;
}

/* What the place returns. Drips every time, everything else once. */
static int reach(const char *here) {
    static int done;
    if (strcmp(here, place)) return GDN_OK;
    if (!done || !strcmp(act, "drip")) done = 1, misbehave();
    return status;
}

__attribute__((constructor)) static void load(void) {
    Dl_info self;
    if (!dladdr((void *)load, &self)) abort();
    const char *name = strrchr(self.dli_fname, '/');
    strncpy(file, self.dli_fname, sizeof file - 1);
    sscanf(name ? name + 1 : self.dli_fname, "hostile.%63[^.].%63[^.]", place, act);
    reach("constructor");
}

__attribute__((destructor)) static void unload(void) { reach("destructor"); }

GDN_EXPORT uint32_t gdn_abi_version(void) { return !strcmp(place, "version") ? (uint32_t)atoi(act) : GDN_ABI_VERSION; }

GDN_EXPORT const gdn_description *gdn_describe(void) {
    static gdn_description description = {GDN_DESCRIPTION_SIZES, .chunk = 1};
    description.capabilities = strcmp(place, "kernel") && strcmp(place, "supports") ? GDN_MODEL : GDN_KERNEL;
    reach("describe");
    if (!strcmp(place, "declare")) {
        int32_t value = strchr(act, '-') ? (int32_t)0x80000000 : 0x7fffffff;
        if (!strncmp(act, "null", 4)) return 0;
        if (!strncmp(act, "wild", 4)) return (const gdn_description *)16;
        if (!strncmp(act, "size", 4)) description.struct_size = (uint32_t)value;
        if (!strncmp(act, "call", 4)) description.kernel_call_size = (uint32_t)value;
        /* Of a kernel: without one nobody reads them. */
        if (!strncmp(act, "chunk", 5)) description.capabilities = GDN_KERNEL, description.chunk = value;
        if (!strncmp(act, "format", 6)) description.capabilities = GDN_KERNEL, description.state_format = value;
        if (!strncmp(act, "batch", 5)) description.max_batch_tokens = value;
        if (!strncmp(act, "positions", 9)) description.max_positions = value;
        if (!strncmp(act, "depth", 5)) description.rollback_depth = value;
        if (!strncmp(act, "levels", 6)) description.capabilities = (uint32_t)value;
    }
    return &description;
}

GDN_EXPORT const char *gdn_last_error(void) { return error; }

GDN_EXPORT int gdn_kernel_supports(const gdn_kernel_call *call) { return reach("supports") == GDN_OK && call; }

GDN_EXPORT int gdn_kernel_run(const gdn_kernel_call *call) {
    size_t results = (size_t)call->n_seqs * call->n_tokens * call->n_value_heads * call->value_dim;
    memset(call->o, strcmp(act, "nan") ? 0 : 0xff, results * sizeof(float));
    return reach("kernel");
}

GDN_EXPORT int gdn_model_create(const gdn_model_options *options, gdn_model **model) {
    *model = strcmp(place, "no-model") ? calloc(1, sizeof **model) : 0;
    return reach("create");
}

GDN_EXPORT void gdn_model_destroy(gdn_model *model) { free(model), reach("destroy"); }

GDN_EXPORT int32_t gdn_model_vocabulary(const gdn_model *model) {
    reach("vocabulary");
    return strcmp(place, "rows") ? VOCABULARY : atoi(act);
}

GDN_EXPORT int gdn_model_decode(gdn_model *model, const gdn_token *tokens, int32_t n_tokens, float *logits) {
    for (int i = 0; i < n_tokens; i++) {
        model->positions[tokens[i].seq] = tokens[i].pos + 1;
        if (tokens[i].output) memset(logits, strcmp(act, "nan") ? 0 : 0xff, VOCABULARY * sizeof *logits), logits += VOCABULARY;
    }
    return reach("decode");
}

GDN_EXPORT int32_t gdn_model_next_position(gdn_model *model, int32_t seq) {
    reach("position");
    return strcmp(place, "lost") ? model->positions[seq] : (int32_t)0x80000000;
}

GDN_EXPORT int gdn_model_clear(gdn_model *model, int32_t seq) { return model->positions[seq] = 0, reach("clear"); }

GDN_EXPORT int gdn_model_counters(gdn_model *model, gdn_counters *counters) { return reach("counters"); }

GDN_EXPORT int gdn_model_copy(gdn_model *model, int32_t source, int32_t target) {
    return model->positions[target] = model->positions[source], reach("copy");
}

GDN_EXPORT int gdn_model_snapshot(gdn_model *model, int32_t seq, gdn_snapshot **snapshot) {
    *snapshot = malloc(sizeof **snapshot);
    return (*snapshot)->position = model->positions[seq], reach("snapshot");
}

GDN_EXPORT int gdn_model_restore(gdn_model *model, int32_t seq, const gdn_snapshot *snapshot) {
    return model->positions[seq] = snapshot->position, reach("restore");
}

GDN_EXPORT void gdn_snapshot_destroy(gdn_snapshot *snapshot) { free(snapshot), reach("snapshot-destroy"); }

GDN_EXPORT int gdn_model_rollback(gdn_model *model, int32_t seq, int32_t n) { return model->positions[seq] -= n, reach("rollback"); }

/* A library that cannot be loaded, in one way each: -DABORT_IN_CONSTRUCTOR and so on. */
#include "gdn_engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern int nowhere(void);

__attribute__((constructor)) static void load(void) {
#ifdef ABORT_IN_CONSTRUCTOR
    for (int i = 0; i < 1000; i++) printf("looking at device %d\n", i);
    puts("no device found");
    fflush(stdout);
    abort();
#endif
#ifdef EXIT_IN_CONSTRUCTOR
    fputs("licence expired\n", stderr);
    exit(0);
#endif
#ifdef HANG_IN_CONSTRUCTOR
    fputs("waiting for the device\n", stderr);
    for (;;) pause();
#endif
}

GDN_EXPORT uint32_t gdn_abi_version(void) { return GDN_ABI_VERSION; }

GDN_EXPORT const gdn_description *gdn_describe(void) {
#ifdef ABORT_IN_DESCRIBE
    abort();
#endif
#ifdef MISSING_SYMBOL
    if (nowhere()) return 0;
#endif
    static const gdn_description description = {GDN_DESCRIPTION_SIZES, .capabilities = GDN_KERNEL, .chunk = 1};
    return &description;
}

GDN_EXPORT int gdn_kernel_run(const gdn_kernel_call *call) { return GDN_FAILED; }

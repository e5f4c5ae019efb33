/* Which vectors the hot loops use. */
#include "base/clones.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"plain", "avx2", "avx512"};
enum { PATHS = sizeof names / sizeof *names };

simd_path simd_chosen = SIMD_PLAIN;

simd_path simd_widest(void)
{
#ifdef __x86_64__
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi") ||
        !__builtin_cpu_supports("bmi2")) {
        return SIMD_PLAIN;
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        return SIMD_AVX512;
    }
    return SIMD_AVX2;
#else
    return SIMD_PLAIN;
#endif
}

const char *simd_name(simd_path path)
{
    return names[path];
}

bool simd_use(simd_path path)
{
    if (path > simd_widest()) {
        return false;
    }
    simd_chosen = path;
    return true;
}

/* The path of that name; PATHS when there is none. */
static size_t find_path(const char *name)
{
    size_t path = 0;

    while (path < PATHS && strcmp(names[path], name) != 0) {
        path++;
    }
    return path;
}

cfi_status simd_check(cfi_error *error)
{
    const char *wanted = getenv("CFISAC_SIMD");
    size_t path = wanted ? find_path(wanted) : SIMD_PLAIN;

    if (path == PATHS) {
        return error_set(error, CFI_USAGE, "environment: CFISAC_SIMD=%.60s: unknown (allowed: plain, avx2, avx512)",
                         wanted);
    }
    if (path > simd_widest()) {
        return error_set(error, CFI_USAGE, "environment: CFISAC_SIMD=%s: this CPU has no more than %s", wanted,
                         simd_name(simd_widest()));
    }
    return CFI_OK;
}

__attribute__((constructor)) static void choose_path(void)
{
    const char *wanted = getenv("CFISAC_SIMD");
    size_t path = wanted ? find_path(wanted) : PATHS;

    if (path == PATHS || !simd_use((simd_path)path)) {
        simd_use(simd_widest());
    }
}

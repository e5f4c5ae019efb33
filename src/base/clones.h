/* Hot loops are compiled several times, for the vectors of several kinds of CPU. Which of them run is decided once,
 * before main: the widest that this CPU has, or what the environment variable CFISAC_SIMD says (plain, avx2 or avx512),
 * so that every one can be tested, and machines of several kinds can compute alike. */
#ifndef CFISAC_BASE_CLONES_H
#define CFISAC_BASE_CLONES_H

#include "cfisac/base.h"

/* A part of a hot loop: in each of the copies that are made of it, whatever a compiler thinks of its size. */
#define INLINE static inline __attribute__((always_inline))

/* avx2: with FMA, BMI and BMI2, as all such CPUs have. avx512: F, BW, CD, DQ and VL. */
typedef enum { SIMD_PLAIN, SIMD_AVX2, SIMD_AVX512 } simd_path;

/* The path that runs: read by the functions that CLONES makes, set by simd_use alone. */
extern simd_path simd_chosen __attribute__((visibility("hidden")));

/* The widest path of this CPU, and of this build: only x86-64 has more than plain. Outside clones.c, this and simd_use
 * are for tests that compare all paths in one process. */
simd_path simd_widest(void);
const char *simd_name(simd_path path);
/* Takes another path from now on; false, and nothing changes, where the CPU lacks it. Not while other threads compute.
 */
bool simd_use(simd_path path);
/* CFI_USAGE when CFISAC_SIMD is no path, or one that this CPU lacks; the widest is in use then. */
cfi_status simd_check(cfi_error *error);

#ifdef __x86_64__

#define SIMD_AVX2_SET "avx2,fma,bmi,bmi2"
#ifdef __clang__
#define SIMD_AVX512_SET "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma,bmi,bmi2"
#else /* vectors of 512 bits, whatever the CPU that is tuned for prefers */
#define SIMD_AVX512_SET "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma,bmi,bmi2,prefer-vector-width=512"
#endif
/* The linker sorts sections of these names, so that what is for one kind of CPU lies side by side: fewer pages are
 * brought in, and the code between calls lies closer together. */
#define SIMD_AVX2_CODE   __attribute__((target(SIMD_AVX2_SET), section(".text.sorted.avx2")))
#define SIMD_AVX512_CODE __attribute__((target(SIMD_AVX512_SET), section(".text.sorted.avx512")))
#define SIMD_PLAIN_CODE  __attribute__((noinline, section(".text.sorted.plain")))

/* The function `name` that calls the copy of it for the path that was chosen: name_avx512, name_avx2 or name_plain. */
#define CALL_CHOSEN(linkage, type, name, parameters, arguments)                                                        \
    linkage type name parameters                                                                                       \
    {                                                                                                                  \
        return simd_chosen == SIMD_AVX512 ? name##_avx512 arguments                                                    \
               : simd_chosen == SIMD_AVX2 ? name##_avx2 arguments                                                      \
                                          : name##_plain arguments;                                                    \
    }

/* Stands in front of a function's body: CLONES(static, double, name, (size_t n, const double *x), (n, x)) { ... }. The
 * body is inlined into a function for each path, and `name` calls the one that was chosen. */
#define CLONES(linkage, type, name, parameters, arguments)                                                             \
    __attribute__((always_inline)) static inline type name##_body parameters;                                          \
    SIMD_AVX512_CODE static type name##_avx512 parameters                                                              \
    {                                                                                                                  \
        return name##_body arguments;                                                                                  \
    }                                                                                                                  \
    SIMD_AVX2_CODE static type name##_avx2 parameters                                                                  \
    {                                                                                                                  \
        return name##_body arguments;                                                                                  \
    }                                                                                                                  \
    SIMD_PLAIN_CODE static type name##_plain parameters                                                                \
    {                                                                                                                  \
        return name##_body arguments;                                                                                  \
    }                                                                                                                  \
    CALL_CHOSEN(linkage, type, name, parameters, arguments)                                                            \
    __attribute__((always_inline)) static inline type name##_body parameters

#else

#define CALL_CHOSEN(linkage, type, name, parameters, arguments)                                                        \
    linkage type name parameters                                                                                       \
    {                                                                                                                  \
        return name##_plain arguments;                                                                                 \
    }

#define CLONES(linkage, type, name, parameters, arguments) linkage type name parameters

#endif

#endif

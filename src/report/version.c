/* What this program was built from. */
#include "base/clones.h"
#include "cfisac/linalg.h"
#include "cfisac/report.h"
#include "git_version.h"

#include <stdio.h>

const char *report_version(void)
{
    return CFISAC_VERSION;
}

const char *report_released(void)
{
    return CFISAC_RELEASED;
}

const char *report_git_hash(void)
{
    return CFISAC_GIT_HASH;
}

const char *report_compiler(void)
{
#ifdef __clang__
    return __VERSION__;
#else
    return "gcc " __VERSION__;
#endif
}

const char *report_blas_core(void)
{
    return linalg_blas_core();
}

void report_build(char text[CFI_BUILD_LENGTH])
{
    /* the wider vectors give the same bytes */
    const char *vectors = simd_chosen == SIMD_PLAIN ? ", plain vectors" : "";

#ifdef CFISAC_NATIVE
    const char *code = ", for one CPU";
#else
    const char *code = "";
#endif

    snprintf(text, CFI_BUILD_LENGTH, "%s, git %.60s, %.20s, BLAS %.20s%s%s", report_version(), report_git_hash(),
             report_compiler(), report_blas_core(), vectors, code);
}

/* What this program was built from. */
#include "cfisac/linalg.h"
#include "cfisac/report.h"
#include "git_version.h"

const char *report_version(void)
{
    return CFISAC_VERSION;
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

/* What a sweep needs in memory. */
#include "sweep/memory.h"

#include "base/text.h"

#include <sys/resource.h>
#include <unistd.h>

#define MEBIBYTE 1048576.0

/* A point has its first trial and the count of what it lacks; its values are in the scenario already. */
enum { POINT_BYTES = 2 * sizeof(size_t) };
/* Program, libraries and the reading of lines: 10 to 40 MiB. */
#define PROGRAM_BYTES (32.0 * MEBIBYTE)

static size_t largest_point(const sweep_plan *plan)
{
    size_t most = 0;

    for (size_t p = 0; p < plan->points; p++) {
        size_t drops = plan->first[p + 1] - plan->first[p];

        most = drops > most ? drops : most;
    }
    return most;
}

static double memory_needed(const sweep_plan *plan, bool merging)
{
    double items = (double)plan->items, status = items, places = merging ? 8.0 * items : 0.0;
    double table = plan->shards == 1 ? items / 8.0 + report_sweep_csv_bytes(largest_point(plan)) : 0.0;

    /* a merge has the shards' status beside its own */
    return PROGRAM_BYTES + (merging ? 2.0 : 1.0) * status + places + table + (double)(plan->points * POINT_BYTES);
}

/* What this process may have: the machine's memory, or a limit (ulimit -v) below it. */
static double memory_allowed(void)
{
    double machine = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    struct rlimit limit;

    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && (double)limit.rlim_cur < machine) {
        return (double)limit.rlim_cur;
    }
    return machine;
}

cfi_status memory_check(const sweep_plan *plan, bool merging, cfi_error *error)
{
    double needed = memory_needed(plan, merging), allowed = memory_allowed();

    if (needed <= allowed) {
        return CFI_OK;
    }
    return error_set(
        error, CFI_INVALID,
        "/sweep: %zu trial%s of %zu point%s would need %.0f MiB of memory (allowed: the %.0f MiB that this "
        "process may have; fewer drops or values, or --shard)",
        plan->items, text_by_count(plan->items, "", "s"), plan->points, text_by_count(plan->points, "", "s"),
        needed / MEBIBYTE, allowed / MEBIBYTE);
}

thread_shares memory_share_threads(size_t threads, size_t trials, double trial_bytes, double kept_bytes)
{
    double room = (memory_allowed() - PROGRAM_BYTES - kept_bytes) / trial_bytes;
    size_t at_once = trials < threads || !(room >= 2.0) ? 1 : room < (double)threads ? (size_t)room : threads;

    return (thread_shares){.at_once = at_once, .each = at_once == 1 ? threads : 1};
}

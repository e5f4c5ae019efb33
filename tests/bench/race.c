/* Starts that race against the same starts climbed to their end, on ordinary random scenarios (ordinary.h) with shared
 * pilots: how often, and by how much, the best objective is lower; beside that what twice as many starts would find, as
 * a measure of what starts miss anyway. CPU time and evaluations of both. race [SCENARIOS] [FIRST_SEED] [APS] [USERS]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "ordinary.h"

#include "heats.h"
#include "timing.h"

#include <stdio.h>
#include <time.h>

static const double AS_HIGH = 1e-6;

typedef struct entry {
    size_t evaluations, missed;
    double seconds;
} entry;

static heats run_entry(drop *d, bool raced, entry *e)
{
    double begun = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
    heats h = heats_run(d, raced);

    e->seconds += bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - begun;
    e->evaluations += h.evaluations;
    return h;
}

/* What another search found more. */
static void compare(const char *what, long seed, heats here, heats other, entry *e)
{
    if (here.best < other.best * (1.0 - AS_HIGH)) {
        e->missed++;
        printf("seed %ld: %s, %.1e below\n", seed, what, 1.0 - here.best / other.best);
    }
}

static void try_drop(drop *d, long seed, entry *raced, entry *whole, entry *twice)
{
    cfi_allocation_settings *asked = &d->made.system.allocation;
    heats here, all;

    asked->solver = CFI_SOLVER_STRUCTURED;
    asked->surrogate = CFI_SURROGATE_PRODUCT;
    asked->crlb_constraint = CFI_CRLB_EXACT;
    asked->starts = d->made.system.power.ap_limit_w ? 32 : 16; /* as by default */
    here = run_entry(d, true, raced);
    all = run_entry(d, false, whole);
    compare("raced against climbed to their ends", seed, here, all, raced);
    asked->starts *= 2;
    compare("against twice as many", seed, all, run_entry(d, false, twice), whole);
}

static void print_entry(const char *what, const entry *e, size_t count)
{
    printf("%-22s %8.1f evaluations a scenario, %7.3f ms of CPU, missed %zu\n", what,
           (double)e->evaluations / (double)count, 1e3 * e->seconds / (double)count, e->missed);
}

int main(int argc, char **argv)
{
    long scenarios = argc > 1 ? strtol(argv[1], NULL, 10) : 1000, first = argc > 2 ? strtol(argv[2], NULL, 10) : 600000;
    size_t aps = argc > 3 ? strtoul(argv[3], NULL, 10) : 20, users = argc > 4 ? strtoul(argv[4], NULL, 10) : 16;
    entry raced = {.seconds = 0.0}, whole = {.seconds = 0.0}, twice = {.seconds = 0.0};
    size_t count = 0;

    for (long seed = first; seed < first + scenarios; seed++) {
        ordinary o;

        ordinary_make(&o, (uint64_t)seed, aps, users);
        if (o.drop->link.pilots_overlap && threshold_factor(o.drop) < 1.0) {
            try_drop(o.drop, seed, &raced, &whole, &twice);
            count++;
        }
        ordinary_free(&o);
    }
    printf("%zu scenarios with shared pilots\n", count);
    print_entry("raced", &raced, count + !count);
    print_entry("climbed to their ends", &whole, count + !count);
    print_entry("the same, twice as many", &twice, count + !count);
    return 0;
}

/* What users hear coherently of the streams of their pilot, as rows of the problem. docs/model.md (M5), (M9) */
#include "alloc/problem.h"

#include <string.h>

/* The parts of a mean that a pair of users has: a row for each. */
typedef enum { PART_REAL, PART_IMAGINARY, MEAN_PARTS } mean_part;

static double part_of(double complex mean, mean_part part)
{
    return part == PART_REAL ? creal(mean) : cimag(mean);
}

/* Whether stream j has such a part at the user whose means these are, at access points that serve j. */
static bool has_part(const cfi_link *link, const double complex *mean, size_t j, mean_part part)
{
    for (size_t l = 0; l < link->L; l++) {
        if (part_of(mean[l], part) != 0.0 && link_serves(link, j, l)) {
            return true;
        }
    }
    return false;
}

/* Lists the rows, if there is room for them, and returns how many there are. */
static size_t list_mates(const alloc_problem *problem, size_t *mate)
{
    const cfi_link *link = problem->link;
    const double complex *mean = link->coherent;
    size_t count = 0;

    for (size_t k = 0; k < problem->K; k++) {
        problem->mate_start[k] = count;
        for (size_t j = problem->coherent ? link->pilot_first[k] : link->K; j < link->K; j = link->pilot_next[j]) {
            for (mean_part part = PART_REAL; j != k && part < (link->coherent ? MEAN_PARTS : PART_IMAGINARY); part++) {
                if (link->coherent && !has_part(link, mean, j, part)) {
                    continue;
                }
                if (mate) {
                    mate[count] = j;
                }
                count++;
            }
            if (link->coherent && j != k) {
                mean += link->L;
            }
        }
    }
    problem->mate_start[problem->K] = count;
    return count;
}

/* Fills the row of a part of means, 0 where nobody sends the stream. True when some number is negative. */
static bool fill_row(const alloc_problem *problem, const double complex *mean, size_t j, mean_part part, double *row)
{
    const cfi_link *link = problem->link;
    bool negative = false;

    memset(row, 0, problem->stride * sizeof *row);
    for (size_t l = 0; l < link->L; l++) {
        if (link_serves(link, j, l)) {
            row[l] = problem_rounded(part_of(mean[l], part) * problem->amplitude);
            negative = negative || row[l] < 0.0;
        }
    }
    return negative;
}

static void fill_rows_of_pairs(alloc_problem *problem)
{
    const cfi_link *link = problem->link;
    const double complex *mean = link->coherent;
    double *row = problem->coherent_rows;

    for (size_t k = 0; k < problem->K; k++) {
        for (size_t j = link->pilot_first[k]; j < link->K; j = link->pilot_next[j]) {
            for (mean_part part = PART_REAL; j != k && part < MEAN_PARTS; part++) {
                if (has_part(link, mean, j, part)) {
                    bool negative = fill_row(problem, mean, j, part, row);

                    problem->coherent_signed = problem->coherent_signed || negative;
                    row += problem->stride;
                }
            }
            mean += j != k ? link->L : 0;
        }
    }
}

cfi_status problem_list_mates(alloc_problem *problem, cfi_arena *arena, cfi_error *error)
{
    size_t K = problem->K, count = 0;
    bool given = problem->coherent && problem->link->coherent;

    problem->mate_start = arena_alloc(arena, K + 1, sizeof(size_t));
    if (problem->mate_start) {
        count = list_mates(problem, NULL);
        problem->mate = arena_alloc(arena, count, sizeof(size_t));
        problem->coherent_rows = given ? arena_alloc(arena, count * problem->stride, sizeof(double)) : NULL;
    }
    if (!problem->mate_start || !problem->mate || (given && !problem->coherent_rows)) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the coherent interference of %zu users", K);
    }
    list_mates(problem, problem->mate);
    if (given) {
        fill_rows_of_pairs(problem);
    }
    problem->damped = problem->coherent_signed || (problem->coherent && problem->link->V_by_stream);
    return CFI_OK;
}

/* Runs gnuplot. */
#ifndef CFISAC_CLI_GNUPLOT_H
#define CFISAC_CLI_GNUPLOT_H

#include "cfisac/error.h"

#include <stdbool.h>
#include <stddef.h>

/* What gnuplot is asked for. */
typedef struct gnuplot_job {
    const char *directory; /* where it works */
    const char *settings;  /* commands before the script's */
    const char *script;    /* a file there */
} gnuplot_job;

/* What it wrote and said; both end with a NUL. */
typedef struct gnuplot_answer {
    char *picture, *words; /* standard output, standard error */
    size_t length;         /* of the picture */
    bool failed;           /* it ended with an error, of which the last line of `words` tells */
} gnuplot_answer;

/* Starts gnuplot without the user's own settings and waits for its end. CFI_OUTPUT: there is no gnuplot, or it cannot
 * be started, or its answer cannot be kept. CFI_NO_MEMORY. gnuplot_free in every case. */
cfi_status gnuplot_run(const gnuplot_job *job, gnuplot_answer *answer, cfi_error *error);
void gnuplot_free(gnuplot_answer *answer);

#endif

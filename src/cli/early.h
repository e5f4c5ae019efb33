/* A check that runs before the libraries start. */
#ifndef CFISAC_CLI_EARLY_H
#define CFISAC_CLI_EARLY_H

enum { EARLY_NO_MEMORY = 5 }; /* the exit code of EXIT_FAILED */

/* Does nothing; a program that calls it is linked with the check: where addresses are short (ulimit -v), so that the
 * threads that OpenBLAS starts when it is loaded might hang, the program starts again without them, by
 * OPENBLAS_NUM_THREADS=1. The threads are of no use to it anyway. Only with glibc: other C libraries call nothing
 * before the initialisation of the libraries. */
void early_link(void);

#endif

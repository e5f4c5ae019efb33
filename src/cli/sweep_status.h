/* sweep --status: how far a sweep is. */
#ifndef CFISAC_CLI_SWEEP_STATUS_H
#define CFISAC_CLI_SWEEP_STATUS_H

/* Prints how far the sweep, the shard or the frontier in a directory is, or those in its directories; returns the exit
 * code: that of an invalid input where there is none. */
int sweep_status_print(const char *directory);

#endif

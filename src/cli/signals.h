/* Signals, and the three standard streams. */
#ifndef CFISAC_CLI_SIGNALS_H
#define CFISAC_CLI_SIGNALS_H

#include "cfisac/base.h"

/* A closed pipe becomes an error of the write (and none of the command, message.h); standard streams that the caller
 * closed are held, so that no file is opened in their place. Call first. */
void signals_prepare(void);

/* From now on SIGINT and SIGTERM set the flag that is returned, and a second one kills; one that the parent process had
 * ignored stays ignored. */
volatile sig_atomic_t *signals_catch(void);

#endif

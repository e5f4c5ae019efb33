/* The processes that share a sweep: one, or the ranks of an MPI job. Rank 0 collects the lines and alone writes.
 * All calls come from one thread of a process. */
#ifndef CFISAC_SWEEP_RANKS_H
#define CFISAC_SWEEP_RANKS_H

#include "cfisac/base.h"

/* This process among all; 0 of 1 without MPI, or before ranks_start. */
size_t ranks_index(void);
size_t ranks_count(void);

/* Joins the other ranks when a launcher started this process; MPI_Init costs a third of a second. CFI_FAILED. */
cfi_status ranks_start(cfi_error *error);
void ranks_finish(void);

/* Rank 0's status (with its error) and, with CFI_OK, a block of bytes reach all ranks. Elsewhere *data is from malloc,
 * NULL on failure. All ranks return the same status, the first failing rank's, with its error. */
cfi_status ranks_share(cfi_status status, void **data, size_t *bytes, cfi_error *error);
/* All ranks return the same status: CFI_OK when every one has it, else that of the first rank that has not, with its
 * error, which names the rank. To be called before the first wait for another rank. */
cfi_status ranks_agree(cfi_status status, cfi_error *error);

/* Rank > 0: sends the line of an item to rank 0 (a copy; does not wait for it to be received). CFI_NO_MEMORY. */
cfi_status ranks_send_line(size_t item, const char *line, size_t length, cfi_error *error);
/* Rank > 0: no more lines; `end` is the first item that could not be finished. Waits until all is sent. */
void ranks_send_end(size_t end, const cfi_error *error);
/* Rank > 0: whether rank 0 asks to stop. */
bool ranks_told_to_stop(void);
/* Rank 0: asks all others to stop, once. */
void ranks_tell_to_stop(void);

/* Rank 0: what came from another rank. */
typedef struct rank_message {
    bool is_end;
    size_t item; /* of the line, or the end */
    char *line;  /* NUL-terminated, the receiver's to free; NULL at an end */
    cfi_error error;
} rank_message;
/* Takes the next message; `wait`: waits for one. False when there is none. */
bool ranks_receive(bool wait, rank_message *message);

#endif

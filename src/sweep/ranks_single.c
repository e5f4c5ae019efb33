/* Without MPI there is one process. */
#include "cfisac/sweep.h"
#include "sweep/ranks.h"

bool sweep_has_mpi(void)
{
    return false;
}

size_t ranks_index(void)
{
    return 0;
}

size_t ranks_count(void)
{
    return 1;
}

cfi_status ranks_start(cfi_error *error)
{
    (void)error;
    return CFI_OK;
}

void ranks_finish(void)
{
}

cfi_status ranks_share(cfi_status status, void **data, size_t *bytes, cfi_error *error)
{
    (void)data;
    (void)bytes;
    (void)error;
    return status;
}

cfi_status ranks_agree(cfi_status status, cfi_error *error)
{
    (void)error;
    return status;
}

cfi_status ranks_send_line(size_t item, const char *line, size_t length, cfi_error *error)
{
    (void)item;
    (void)line;
    (void)length;
    return error_set(error, CFI_FAILED, "there are no other processes");
}

void ranks_send_end(size_t end, const cfi_error *error)
{
    (void)end;
    (void)error;
}

bool ranks_told_to_stop(void)
{
    return false;
}

void ranks_tell_to_stop(void)
{
}

bool ranks_receive(bool wait, rank_message *message)
{
    (void)wait;
    (void)message;
    return false;
}

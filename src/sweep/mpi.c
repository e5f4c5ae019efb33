/* The ranks of an MPI job. The only file that includes mpi.h. */
#include "cfisac/sweep.h"
#include "sweep/ranks.h"

#include <limits.h>
#include <mpi.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_LINE = 1, TAG_END = 2, TAG_STOP = 3 };

/* A message: the item, then the line's text or a cfi_error. */
typedef struct outgoing {
    MPI_Request request;
    char *data;
    struct outgoing *next;
} outgoing;

/* The one MPI job this process is part of. */
static struct {
    int rank, size;
    bool started, told;
    outgoing *sending;
} job = {.size = 1};

bool sweep_has_mpi(void)
{
    return true;
}

size_t ranks_index(void)
{
    return (size_t)job.rank;
}

size_t ranks_count(void)
{
    return (size_t)job.size;
}

static bool under_launcher(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMIX_RANK"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (getenv(names[i])) {
            return true;
        }
    }
    return false;
}

cfi_status ranks_start(cfi_error *error)
{
    int provided;

    if (job.started || !under_launcher()) {
        return CFI_OK;
    }
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS) {
        return error_set(error, CFI_FAILED, "MPI cannot be started");
    }
    job.started = true;
    MPI_Comm_rank(MPI_COMM_WORLD, &job.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &job.size);
    return provided >= MPI_THREAD_FUNNELED ? CFI_OK : error_set(error, CFI_FAILED, "this MPI allows no threads");
}

/* Frees what has been sent; `wait`: waits for all of it. */
static void clear_sent(bool wait)
{
    outgoing **at = &job.sending;

    while (*at) {
        outgoing *o = *at;
        int done = 1;

        if (wait) {
            MPI_Wait(&o->request, MPI_STATUS_IGNORE);
        } else {
            MPI_Test(&o->request, &done, MPI_STATUS_IGNORE);
        }
        if (done) {
            *at = o->next;
            free(o->data);
            free(o);
        } else {
            at = &o->next;
        }
    }
}

void ranks_finish(void)
{
    if (job.started) {
        clear_sent(true);
        MPI_Finalize();
        job.started = false;
    }
}

/* A status with its error, from one rank to all others. */
static cfi_status spread_status(int from, cfi_status status, cfi_error *error)
{
    cfi_error message = {.status = status, .text = ""};

    if (job.rank == from && status != CFI_OK) {
        message = *error;
        message.status = status;
    }
    MPI_Bcast(&message, (int)sizeof message, MPI_BYTE, from, MPI_COMM_WORLD);
    if (message.status != CFI_OK) {
        *error = message;
    }
    return message.status;
}

cfi_status ranks_agree(cfi_status status, cfi_error *error)
{
    int failing = status == CFI_OK ? job.size : job.rank, first = failing;

    if (job.size == 1) {
        return status;
    }
    MPI_Allreduce(&failing, &first, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    if (first == job.size) {
        return CFI_OK;
    }
    if (first == job.rank && first > 0) {
        cfi_error cause = *error;

        error_set(error, status, "rank %d: %s", first, cause.text);
    }
    return spread_status(first, status, error);
}

/* MPI counts in int. */
static void spread_bytes(char *data, size_t bytes)
{
    while (bytes > 0) {
        int part = bytes < INT_MAX ? (int)bytes : INT_MAX;

        MPI_Bcast(data, part, MPI_BYTE, 0, MPI_COMM_WORLD);
        data += part;
        bytes -= (size_t)part;
    }
}

cfi_status ranks_share(cfi_status status, void **data, size_t *bytes, cfi_error *error)
{
    unsigned long long count = *bytes;

    if (job.size == 1) {
        return status;
    }
    status = spread_status(0, status, error);
    if (status != CFI_OK) {
        return status;
    }
    MPI_Bcast(&count, 1, MPI_UNSIGNED_LONG_LONG, 0, MPI_COMM_WORLD);
    *bytes = (size_t)count;
    if (job.rank > 0) {
        *data = malloc(*bytes + 1);
        status = *data ? CFI_OK : error_set(error, CFI_NO_MEMORY, "out of memory for a message of %zu bytes", *bytes);
    }
    status = ranks_agree(status, error);
    if (status == CFI_OK) {
        spread_bytes(*data, *bytes);
    } else if (job.rank > 0) {
        free(*data);
        *data = NULL;
    }
    return status;
}

static cfi_status send(int tag, size_t item, const void *data, size_t length, cfi_error *error)
{
    outgoing *o = malloc(sizeof *o);
    unsigned long long number = item;

    clear_sent(false);
    if (!o || !(o->data = malloc(sizeof number + length))) {
        free(o);
        return error_set(error, CFI_NO_MEMORY, "out of memory for a message");
    }
    memcpy(o->data, &number, sizeof number);
    memcpy(o->data + sizeof number, data, length);
    o->next = job.sending;
    job.sending = o;
    MPI_Isend(o->data, (int)(sizeof number + length), MPI_BYTE, 0, tag, MPI_COMM_WORLD, &o->request);
    return CFI_OK;
}

cfi_status ranks_send_line(size_t item, const char *line, size_t length, cfi_error *error)
{
    return send(TAG_LINE, item, line, length, error);
}

void ranks_send_end(size_t end, const cfi_error *error)
{
    cfi_error ignored;

    if (send(TAG_END, end, error, sizeof *error, &ignored) != CFI_OK) {
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    clear_sent(true);
}

bool ranks_told_to_stop(void)
{
    int there = 0;

    if (job.size > 1 && !job.told) {
        MPI_Iprobe(0, TAG_STOP, MPI_COMM_WORLD, &there, MPI_STATUS_IGNORE);
    }
    if (there) {
        MPI_Recv(NULL, 0, MPI_BYTE, 0, TAG_STOP, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        job.told = true;
    }
    return job.told;
}

void ranks_tell_to_stop(void)
{
    for (int rank = 1; rank < job.size && !job.told; rank++) {
        MPI_Request request;

        MPI_Isend(NULL, 0, MPI_BYTE, rank, TAG_STOP, MPI_COMM_WORLD, &request);
        MPI_Request_free(&request);
    }
    job.told = true;
}

static void take(rank_message *message, const char *data, size_t length, int tag)
{
    unsigned long long number;

    memcpy(&number, data, sizeof number);
    *message = (rank_message){.is_end = tag == TAG_END, .item = (size_t)number};
    data += sizeof number;
    length -= sizeof number;
    if (message->is_end) {
        memcpy(&message->error, data, sizeof message->error);
    } else {
        message->line = strndup(data, length);
    }
}

bool ranks_receive(bool wait, rank_message *message)
{
    MPI_Message handle;
    MPI_Status status;
    int there = 1, length;
    char *data;

    if (job.size == 1) {
        return false;
    }
    if (wait) {
        MPI_Mprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &handle, &status);
    } else {
        MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &handle, &status);
    }
    if (!there) {
        return false;
    }
    MPI_Get_count(&status, MPI_BYTE, &length);
    data = malloc((size_t)length);
    if (!data) {
        MPI_Abort(MPI_COMM_WORLD, 1);
        return false;
    }
    MPI_Mrecv(data, length, MPI_BYTE, &handle, MPI_STATUS_IGNORE);
    take(message, data, (size_t)length, status.MPI_TAG);
    free(data);
    return true;
}

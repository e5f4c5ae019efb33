/* The lines of an open file. An error of the system is never taken for the end of the file. */
#ifndef CFISAC_SWEEP_LINES_H
#define CFISAC_SWEEP_LINES_H

#include "cfisac/base.h"

#include <sys/types.h>

/* Zero-initialise with .file; free with lines_free. Reads from the start (or where it is told), whatever the
 * descriptor's position. */
typedef struct line_reader {
    int file;
    char *buffer;
    size_t room, used, next; /* of buffer: what it holds, and where the next line starts */
    off_t offset;            /* of buffer[0] in the file */
    bool ended;              /* nothing more in the file */
} line_reader;

typedef struct file_line {
    const char *text; /* in the reader's buffer, until the next call; without its newline */
    size_t length;
    off_t offset; /* in the file */
    bool whole;   /* a newline ends it: false only for the last one */
} file_line;

/* 1: a line; 0: the end of the file; -1: errno says why the file cannot be read (ENOMEM: out of memory). */
int lines_next(line_reader *reader, file_line *line);
/* The next line is the one that starts at this offset. */
void lines_go_to(line_reader *reader, off_t offset);
void lines_free(line_reader *reader);

/* Reads exactly `length` bytes at an offset. False and errno (0 when the file ends before). */
bool file_read_at(int file, off_t offset, char *out, size_t length);

#endif

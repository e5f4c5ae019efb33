/* The lines of an open file. */
#include "sweep/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_LINE_BYTES = 64 * 1024 }; /* a buffer holds several lines; doubled where one is longer */

/* As pread, but a signal does not end it. */
static ssize_t read_some(int file, char *out, size_t length, off_t offset)
{
    ssize_t count;

    do {
        count = pread(file, out, length, offset);
    } while (count < 0 && errno == EINTR);
    return count;
}

bool file_read_at(int file, off_t offset, char *out, size_t length)
{
    while (length > 0) {
        ssize_t count = read_some(file, out, length, offset);

        if (count <= 0) {
            errno = count < 0 ? errno : 0;
            return false;
        }
        out += count;
        offset += count;
        length -= (size_t)count;
    }
    return true;
}

/* Makes room behind what is unread, which goes to the front. */
static bool make_line_room(line_reader *reader)
{
    if (reader->buffer && reader->next > 0) {
        memmove(reader->buffer, reader->buffer + reader->next, reader->used - reader->next);
        reader->offset += (off_t)reader->next;
        reader->used -= reader->next;
        reader->next = 0;
    }
    if (reader->used == reader->room) {
        size_t room = reader->room ? 2 * reader->room : FIRST_LINE_BYTES;
        char *larger = realloc(reader->buffer, room);

        if (!larger) {
            errno = ENOMEM;
            return false;
        }
        reader->buffer = larger;
        reader->room = room;
    }
    return true;
}

/* Reads more of the file; false and errno when that fails. */
static bool read_more(line_reader *reader)
{
    ssize_t count;

    if (!make_line_room(reader)) {
        return false;
    }
    count = read_some(reader->file, reader->buffer + reader->used, reader->room - reader->used,
                      reader->offset + (off_t)reader->used);
    if (count < 0) {
        return false;
    }
    reader->used += (size_t)count;
    reader->ended = count == 0;
    return true;
}

int lines_next(line_reader *reader, file_line *line)
{
    size_t searched = 0; /* of the line's bytes */
    bool whole = false;

    while (!whole && !(reader->ended && searched == reader->used - reader->next)) {
        if (searched == reader->used - reader->next) {
            if (!read_more(reader)) {
                return -1;
            }
        } else {
            const char *from = reader->buffer + reader->next + searched;
            const char *newline = memchr(from, '\n', reader->used - reader->next - searched);

            whole = newline != NULL;
            searched += whole ? (size_t)(newline - from) : reader->used - reader->next - searched;
        }
    }
    *line = (file_line){.text = searched > 0 ? reader->buffer + reader->next : "",
                        .length = searched,
                        .offset = reader->offset + (off_t)reader->next,
                        .whole = whole};
    reader->next += searched + whole;
    return whole || searched > 0;
}

void lines_go_to(line_reader *reader, off_t offset)
{
    if (offset >= reader->offset && offset <= reader->offset + (off_t)reader->used) {
        reader->next = (size_t)(offset - reader->offset); /* it is in the buffer, as neighbours mostly are */
        return;
    }
    reader->offset = offset;
    reader->used = reader->next = 0;
    reader->ended = false;
}

void lines_free(line_reader *reader)
{
    free(reader->buffer);
    reader->buffer = NULL;
}

/* Text files that are read as a whole. */
#include "base/text_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 65536 }; /* bytes; twice as many each time they are full */

char *text_file_read(FILE *stream, size_t most, size_t *length)
{
    size_t capacity = FIRST_BLOCK, used = 0, wanted;
    char *text = malloc(capacity), *longer = text;
    int why = ENOMEM; /* unless reading fails */

    while (longer) {
        text = longer;
        wanted = capacity - 1 <= most ? capacity - 1 : most + 1;
        used += fread(text + used, 1, wanted - used, stream);
        if (ferror(stream)) {
            why = errno;
            break;
        }
        if (used < wanted || used > most) {
            text[used] = '\0';
            *length = used;
            return text;
        }
        capacity *= 2;
        longer = realloc(text, capacity);
    }
    free(text);
    errno = why;
    return NULL;
}

cfi_status text_file_error(const char *path, int number, cfi_error *error)
{
    return number == ENOMEM ? error_set(error, CFI_NO_MEMORY, "out of memory for %.300s", path)
                            : error_set(error, CFI_INVALID, "%.300s: cannot be read: %s", path, strerror(number));
}

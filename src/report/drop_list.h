/* Drops by their numbers, as short as they can be told. */
#ifndef CFISAC_REPORT_DROP_LIST_H
#define CFISAC_REPORT_DROP_LIST_H

#include <stddef.h>
#include <stdint.h>

/* Numbers and ranges that are told, half a page of them: of thousands of drops all that are odd, unless most are so by
 * turns. Bytes of them, and of a list with its words. */
enum {
    DROP_LIST_PIECES = 200,
    DROP_LIST_NUMBERS = DROP_LIST_PIECES * sizeof "4294967295-4294967295, ",
    DROP_LIST_LENGTH = DROP_LIST_NUMBERS + sizeof "drops  and 18446744073709551615 more; see frontier.csv"
};

/* Drops in ascending order; zero-initialise. */
typedef struct drop_list {
    size_t count, told;   /* drops; those of them that the text has */
    size_t pieces;        /* of the text */
    uint32_t first, last; /* the run of neighbours that the text does not have yet, if count > 0 */
    char text[DROP_LIST_NUMBERS];
    size_t used;
} drop_list;
void drop_list_add(drop_list *list, uint32_t drop);

/* "drop 3", "drops 3, 17, 204-206", or "all 50 drops" where those are all that there are; beyond DROP_LIST_PIECES "and
 * 12 more; see drops.csv", the file that has them. To be called once, at the end. */
void drop_list_describe(drop_list *list, size_t all, const char *file, char text[DROP_LIST_LENGTH]);

#endif

/* The nearest of some words, for suggestions. */
#include "cfisac/scenario.h"

#include <string.h>

enum { LONGEST_WORD = 64 }; /* no word of ours is longer; a longer one gets no suggestion */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edit distance: insertions, deletions, substitutions and swaps of neighbours cost 1. Both are at most LONGEST_WORD. */
static size_t distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), row[3][LONGEST_WORD + 1];
    size_t *before = row[0], *last = row[1], *now = row[2];

    for (size_t j = 0; j <= m; j++) {
        last[j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        size_t *oldest = before;

        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t replaced = last[j - 1] + (a[i - 1] != b[j - 1]);

            now[j] = least(replaced, least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                now[j] = least(now[j], before[j - 2] + 1);
            }
        }
        before = last;
        last = now;
        now = oldest;
    }
    return last[m];
}

const char *nearest_word(const char *word, const char *const *words, size_t count)
{
    size_t length = strnlen(word, LONGEST_WORD + 1), most = length / 3 > 2 ? length / 3 : 2;
    size_t bound = 2 * most; /* of twice the edits, less one for words that begin with `word`: those go first */
    const char *found = NULL;

    if (length == 0 || length > LONGEST_WORD) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        size_t other = strlen(words[i]), edits, cost;

        if (other > LONGEST_WORD) {
            continue;
        }
        edits = distance(word, words[i]);
        /* as many edits as letters would replace the whole word */
        if (edits <= most && edits < (length > other ? length : other)) {
            if (edits == 0) {
                return words[i];
            }
            cost = 2 * edits - (strncmp(words[i], word, length) == 0);
            if (cost > bound) {
                continue;
            }
            bound = cost - 1;
            found = words[i];
        }
    }
    return found;
}

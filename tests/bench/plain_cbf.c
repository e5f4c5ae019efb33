/* The checks' own reader of the Conic Benchmark Format. */
#include "plain_cbf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOKEN = 128, MOST = 100000000 }; /* bytes of a word; variables, rows or entries */

typedef struct reader {
    FILE *stream;
    bool bad;
} reader;

/* The next word that is not in a comment; false at the end. */
static bool next_word(reader *in, char word[TOKEN])
{
    while (fscanf(in->stream, "%127s", word) == 1) {
        if (word[0] != '#') {
            return true;
        }
        if (fscanf(in->stream, "%*[^\n]") == EOF) {
            return false;
        }
    }
    return false;
}

static double next_number(reader *in)
{
    char word[TOKEN], *end = word;
    double value = next_word(in, word) ? strtod(word, &end) : 0.0;

    in->bad = in->bad || end == word || *end != '\0';
    return value;
}

static size_t next_count(reader *in)
{
    double value = next_number(in);

    in->bad = in->bad || !(value >= 0.0 && value <= (double)MOST) || value != (double)(size_t)value;
    return in->bad ? 0 : (size_t)value;
}

/* An index below `bound`. */
static size_t next_index(reader *in, size_t bound)
{
    size_t index = next_count(in);

    in->bad = in->bad || index >= bound;
    return in->bad ? 0 : index;
}

/* Room for `count` things, one more so that none is not NULL. */
static void *room(reader *in, size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);

    in->bad = in->bad || !memory;
    return memory;
}

static void read_domain(reader *in, size_t *total, size_t *blocks, cone_block **block)
{
    static const char *const names[] = {"F", "L=", "L+", "L-", "Q", "QR"};
    size_t sum = 0;
    char word[TOKEN];

    *total = next_count(in);
    *blocks = next_count(in);
    *block = room(in, *blocks, sizeof **block);
    for (size_t i = 0; i < *blocks && !in->bad; i++) {
        size_t kind = 0;

        in->bad = !next_word(in, word);
        while (kind < 6 && strcmp(word, names[kind]) != 0) {
            kind++;
        }
        in->bad = in->bad || kind == 6;
        (*block)[i] = (cone_block){(cone_kind)kind, next_count(in)};
        sum += (*block)[i].size;
    }
    in->bad = in->bad || sum != *total;
}

static void read_vector(reader *in, double *to, size_t length)
{
    size_t count = next_count(in);

    in->bad = in->bad || (count > 0 && !to);
    for (size_t i = 0; i < count && !in->bad; i++) {
        size_t at = next_index(in, length);

        to[at] += next_number(in);
    }
}

static void read_entries(reader *in, plain_cbf *cbf)
{
    cbf->entries = next_count(in);
    cbf->row = room(in, cbf->entries, sizeof *cbf->row);
    cbf->column = room(in, cbf->entries, sizeof *cbf->column);
    cbf->value = room(in, cbf->entries, sizeof *cbf->value);
    for (size_t i = 0; i < cbf->entries && !in->bad; i++) {
        cbf->row[i] = next_index(in, cbf->m);
        cbf->column[i] = next_index(in, cbf->n);
        cbf->value[i] = next_number(in);
    }
}

/* What follows a keyword; false for a keyword that is not known here. */
static bool read_item(reader *in, const char *keyword, plain_cbf *cbf)
{
    char word[TOKEN];

    if (strcmp(keyword, "VER") == 0) {
        next_count(in);
    } else if (strcmp(keyword, "OBJSENSE") == 0) {
        in->bad = !next_word(in, word);
        cbf->maximises = strcmp(word, "MAX") == 0;
    } else if (strcmp(keyword, "VAR") == 0 && !cbf->variables) {
        read_domain(in, &cbf->n, &cbf->variable_blocks, &cbf->variables);
        cbf->c = room(in, cbf->n, sizeof *cbf->c);
    } else if (strcmp(keyword, "CON") == 0 && !cbf->rows) {
        read_domain(in, &cbf->m, &cbf->row_blocks, &cbf->rows);
        cbf->b = room(in, cbf->m, sizeof *cbf->b);
    } else if (strcmp(keyword, "OBJACOORD") == 0) {
        read_vector(in, cbf->c, cbf->n);
    } else if (strcmp(keyword, "OBJBCOORD") == 0) {
        cbf->c0 = next_number(in);
    } else if (strcmp(keyword, "ACOORD") == 0 && !cbf->row) {
        read_entries(in, cbf);
    } else if (strcmp(keyword, "BCOORD") == 0) {
        read_vector(in, cbf->b, cbf->m);
    } else {
        return false;
    }
    return true;
}

bool plain_cbf_read(const char *path, plain_cbf *cbf)
{
    reader in = {.stream = fopen(path, "re")};
    char keyword[TOKEN];

    *cbf = (plain_cbf){.n = 0};
    if (!in.stream) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return false;
    }
    while (!in.bad && next_word(&in, keyword)) {
        in.bad = !read_item(&in, keyword, cbf) || in.bad;
    }
    fclose(in.stream);
    if (in.bad || !cbf->c) {
        fprintf(stderr, "%s: not a problem that this check reads\n", path);
        plain_cbf_free(cbf);
        return false;
    }
    return true;
}

void plain_cbf_free(plain_cbf *cbf)
{
    free(cbf->variables);
    free(cbf->rows);
    free(cbf->c);
    free(cbf->b);
    free(cbf->row);
    free(cbf->column);
    free(cbf->value);
    *cbf = (plain_cbf){.n = 0};
}

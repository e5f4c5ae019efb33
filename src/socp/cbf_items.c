/* The items of a Conic Benchmark Format file: a keyword on a line of its own, then its lines. */
#include "socp/cbf_file.h"

#include <stdlib.h>
#include <string.h>

static const char supported[] = "cones F, L=, L+, L-, Q, QR";

static cfi_status no_memory(const cbf_text *text)
{
    return error_set(text->error, CFI_NO_MEMORY, "out of memory for %.300s", text->name);
}

/* To the next line of an item that needs it. */
static cfi_status next_cbf_line(cbf_text *text, const char *item, const char *what)
{
    return text_next(text) ? CFI_OK : text_error(text, "the file ends in %s, before %s", item, what);
}

static bool is_word(const char *word, size_t length, const char *expected)
{
    return strlen(expected) == length && memcmp(word, expected, length) == 0;
}

/* -------------------------------------------------------------------------- the header ---- */

static cfi_status read_version(cbf_text *text, cbf_file *file)
{
    size_t version;
    cfi_status status = next_cbf_line(text, "VER", "the version");

    (void)file;
    if (status == CFI_OK) {
        status = text_size(text, "version", 1000, &version);
    }
    if (status == CFI_OK && (version < 1 || version > 4)) {
        status = text_error(text, "version %zu of the format (allowed: 1 .. 4)", version);
    }
    return status == CFI_OK ? text_line_end(text) : status;
}

static cfi_status read_sense(cbf_text *text, cbf_file *file)
{
    const char *word;
    size_t length;
    cfi_status status = next_cbf_line(text, "OBJSENSE", "MIN or MAX");

    if (status == CFI_OK) {
        status = text_word(text, "the sense", &word, &length);
    }
    if (status != CFI_OK) {
        return status;
    }
    file->maximise = is_word(word, length, "MAX");
    if (!file->maximise && !is_word(word, length, "MIN")) {
        return text_error(text, "sense '%.*s' (allowed: MIN, MAX)", (int)(length < 40 ? length : 40), word);
    }
    file->sense_given = true;
    return text_line_end(text);
}

/* The number of lines of an item, the last on its line; each takes at least `least` characters of the file. */
static cfi_status read_announced(cbf_text *text, const char *item, size_t least, size_t *count)
{
    cfi_status status = text_size(text, "number of lines", SIZE_MAX / 64, count);

    if (status == CFI_OK && *count > text_left(text) / least) {
        status = text_error(text, "%s announces %zu lines, more than the file has", item, *count);
    }
    return status == CFI_OK ? text_line_end(text) : status;
}

/* ------------------------------------------------------------------------- VAR and CON ---- */

/* One line "Q 3" of VAR or CON. */
static cfi_status read_cone(cbf_text *text, const char *item, size_t left, cbf_cone *cone)
{
    static const char *const names[] = {"F", "L=", "L+", "L-", "Q", "QR"};
    enum { NAMES = sizeof names / sizeof *names };
    const char *word;
    size_t length, kind = 0;
    cfi_status status = next_cbf_line(text, item, "the last of its cones");

    if (status == CFI_OK) {
        status = text_word(text, "the cone", &word, &length);
    }
    if (status != CFI_OK) {
        return status;
    }
    while (kind < NAMES && !is_word(word, length, names[kind])) {
        kind++;
    }
    if (kind == NAMES) {
        return text_error(text, "cone '%.*s' is not supported (allowed: %s)", (int)(length < 40 ? length : 40), word,
                          supported);
    }
    cone->kind = (cbf_kind)kind;
    status = text_size(text, "size of the cone", CBF_MOST, &cone->size);
    if (status == CFI_OK && cone->size > left) {
        status = text_error(text, "the cones of %s have more than the %s it announces", item,
                            strcmp(item, "VAR") == 0 ? "variables" : "rows");
    }
    if (status == CFI_OK && cone->kind == CBF_ROTATED && cone->size == 1) {
        status = text_error(text, "a cone QR of size 1 (allowed: 2 or more)");
    }
    return status == CFI_OK ? text_line_end(text) : status;
}

static cfi_status read_domain(cbf_text *text, const char *item, cbf_domain *domain)
{
    size_t sum = 0;
    cfi_status status = next_cbf_line(text, item, "its sizes");

    if (status == CFI_OK) {
        status = text_size(text, "number of scalars", CBF_MOST, &domain->count);
    }
    if (status == CFI_OK) { /* a cone takes at least "\nF 1" */
        status = read_announced(text, item, 4, &domain->cones);
    }
    if (status != CFI_OK) {
        return status;
    }
    domain->cone = calloc(domain->cones + 1, sizeof *domain->cone);
    if (!domain->cone) {
        return no_memory(text);
    }
    for (size_t i = 0; status == CFI_OK && i < domain->cones; i++) {
        status = read_cone(text, item, domain->count - sum, &domain->cone[i]);
        sum += domain->cone[i].size;
    }
    if (status == CFI_OK && sum != domain->count) {
        status = text_error(text, "%s announces %zu, but its cones have %zu in all", item, domain->count, sum);
    }
    domain->given = true;
    return status;
}

static cfi_status read_var(cbf_text *text, cbf_file *file)
{
    cfi_status status = read_domain(text, "VAR", &file->var);

    if (status == CFI_OK && file->var.count == 0) {
        return text_error(text, "VAR without variables (allowed: 1 or more)");
    }
    if (status == CFI_OK) {
        file->c = calloc(file->var.count, sizeof(double));
        status = file->c ? CFI_OK : no_memory(text);
    }
    return status;
}

static cfi_status read_con(cbf_text *text, cbf_file *file)
{
    cfi_status status = read_domain(text, "CON", &file->con);

    if (status == CFI_OK) {
        file->b = calloc(file->con.count + 1, sizeof(double));
        status = file->b ? CFI_OK : no_memory(text);
    }
    return status;
}

/* ---------------------------------------------------------------------------- the data ---- */

/* An index below `count` of VAR or CON. */
static cfi_status read_index(cbf_text *text, const char *what, size_t count, size_t *index)
{
    return count > 0 ? text_size(text, what, count - 1, index)
                     : text_error(text, "%s, but there are none: VAR and CON come before the data", what);
}

/* The number of lines of an item, alone on its line. */
static cfi_status read_count(cbf_text *text, const char *item, size_t fields, size_t *count)
{
    cfi_status status = next_cbf_line(text, item, "the number of its lines");

    return status == CFI_OK ? read_announced(text, item, 2 * fields, count) : status;
}

/* "index value" lines, added to `sum`. */
static cfi_status read_vector(cbf_text *text, const char *item, const char *what, size_t count, double *sum)
{
    size_t lines, index = 0;
    double value = 0.0;
    cfi_status status = read_count(text, item, 2, &lines);

    for (size_t i = 0; status == CFI_OK && i < lines; i++) {
        if ((status = next_cbf_line(text, item, "the last of its lines")) == CFI_OK &&
            (status = read_index(text, what, count, &index)) == CFI_OK &&
            (status = text_number(text, "coefficient", &value)) == CFI_OK && (status = text_line_end(text)) == CFI_OK) {
            sum[index] += value;
        }
    }
    return status;
}

static cfi_status read_objective(cbf_text *text, cbf_file *file)
{
    return read_vector(text, "OBJACOORD", "variable", file->var.count, file->c);
}

static cfi_status read_constants(cbf_text *text, cbf_file *file)
{
    return read_vector(text, "BCOORD", "row", file->con.count, file->b);
}

static cfi_status read_constant(cbf_text *text, cbf_file *file)
{
    cfi_status status = next_cbf_line(text, "OBJBCOORD", "its number");

    if (status == CFI_OK) {
        status = text_number(text, "constant", &file->constant);
    }
    return status == CFI_OK ? text_line_end(text) : status;
}

static cfi_status read_matrix(cbf_text *text, cbf_file *file)
{
    size_t lines, row = 0, col = 0;
    cfi_status status = read_count(text, "ACOORD", 3, &lines);

    if (status != CFI_OK) {
        return status;
    }
    file->row = malloc((lines + 1) * sizeof *file->row);
    file->col = malloc((lines + 1) * sizeof *file->col);
    file->value = malloc((lines + 1) * sizeof *file->value);
    if (!file->row || !file->col || !file->value) {
        return no_memory(text);
    }
    for (size_t i = 0; i < lines; i++) {
        if ((status = next_cbf_line(text, "ACOORD", "the last of its lines")) != CFI_OK ||
            (status = read_index(text, "row", file->con.count, &row)) != CFI_OK ||
            (status = read_index(text, "variable", file->var.count, &col)) != CFI_OK ||
            (status = text_number(text, "coefficient", &file->value[i])) != CFI_OK ||
            (status = text_line_end(text)) != CFI_OK) {
            return status;
        }
        file->row[i] = (uint32_t)row;
        file->col[i] = (uint32_t)col;
    }
    file->entries = lines;
    return CFI_OK;
}

/* --------------------------------------------------------------------------- the items ---- */

typedef struct item {
    const char *name;
    cfi_status (*read)(cbf_text *text, cbf_file *file); /* NULL: refused, unless it is empty, and why */
    const char *refused;
    size_t counts; /* numbers on its first line, all 0 where it is empty; 0: it is never empty */
} item;

static const item items[] = {
    {"VER", read_version, NULL, 0},
    {"OBJSENSE", read_sense, NULL, 0},
    {"VAR", read_var, NULL, 0},
    {"CON", read_con, NULL, 0},
    {"OBJACOORD", read_objective, NULL, 0},
    {"OBJBCOORD", read_constant, NULL, 0},
    {"ACOORD", read_matrix, NULL, 0},
    {"BCOORD", read_constants, NULL, 0},
    {"INT", NULL, "integer variables", 1},
    {"PSDVAR", NULL, "semidefinite variables", 1},
    {"PSDCON", NULL, "semidefinite constraints", 1},
    {"OBJFCOORD", NULL, "semidefinite variables", 1},
    {"FCOORD", NULL, "semidefinite variables", 1},
    {"HCOORD", NULL, "semidefinite constraints", 1},
    {"DCOORD", NULL, "semidefinite constraints", 1},
    {"POWCONES", NULL, "power cones", 2},
    {"POW*CONES", NULL, "power cones", 2},
    {"CHANGE", NULL, "changes after the first problem", 0},
};
enum { ITEMS = sizeof items / sizeof *items };

static cfi_status find_item(cbf_text *text, size_t *found)
{
    const char *word;
    size_t length;
    cfi_status status = text_word(text, "the keyword", &word, &length);

    for (*found = 0; status == CFI_OK && *found < ITEMS; ++*found) {
        if (is_word(word, length, items[*found].name)) {
            return text_line_end(text);
        }
    }
    return status == CFI_OK
               ? text_error(
                     text,
                     "'%.*s' is no keyword (allowed: VER, OBJSENSE, VAR, CON, OBJACOORD, OBJBCOORD, ACOORD, BCOORD)",
                     (int)(length < 40 ? length : 40), word)
               : status;
}

static cfi_status refuse_item(const cbf_text *text, const item *it)
{
    return text_error(text, "%s: %s are not supported (allowed: continuous variables, %s)", it->name, it->refused,
                      supported);
}

/* An item whose content would be refused: there is none where its numbers are 0. */
static cfi_status read_nothing(cbf_text *text, const item *it)
{
    size_t keyword = text->line, number = 0;
    cfi_status status = next_cbf_line(text, it->name, "the number of its lines");

    for (size_t i = 0; status == CFI_OK && i < it->counts; i++) {
        status = text_size(text, "number of lines", SIZE_MAX / 64, &number);
        if (status == CFI_OK && number > 0) {
            text->line = keyword;
            return refuse_item(text, it);
        }
    }
    return status == CFI_OK ? text_line_end(text) : status;
}

/* VER is first, none comes twice. VAR and CON must come before what counts on them: read_index sees to that. */
static cfi_status check_place(const cbf_text *text, size_t found, const bool *seen)
{
    const item *it = &items[found];

    if (!it->read && it->counts == 0) {
        return refuse_item(text, it);
    }
    if (seen[found]) {
        return text_error(text, "%s a second time (allowed: once)", it->name);
    }
    if (found > 0 && !seen[0]) {
        return text_error(text, "%s before the version (allowed: VER, 1 .. 4, first)", it->name);
    }
    return CFI_OK;
}

cfi_status cbf_file_read(cbf_text *text, cbf_file *file)
{
    bool seen[ITEMS] = {false};
    cfi_status status = CFI_OK;

    *file = (cbf_file){.entries = 0};
    while (status == CFI_OK && text_next(text)) {
        size_t found;

        status = find_item(text, &found);
        if (status == CFI_OK) {
            status = check_place(text, found, seen);
        }
        if (status == CFI_OK) {
            seen[found] = true;
            status = items[found].read ? items[found].read(text, file) : read_nothing(text, &items[found]);
        }
    }
    if (status == CFI_OK && (!file->sense_given || !file->var.given)) {
        status = text_error(text, "the file ends without %s", file->sense_given ? "VAR" : "OBJSENSE");
    }
    return status;
}

void cbf_file_free(cbf_file *file)
{
    free(file->var.cone);
    free(file->con.cone);
    free(file->c);
    free(file->b);
    free(file->row);
    free(file->col);
    free(file->value);
    *file = (cbf_file){.entries = 0};
}

/* Paired differences of two directories of results. */
#include "report/compare.h"

#include "base/text_file.h"
#include "scenario/syntax.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cfi_status no_pair_memory(cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for a comparison");
}

/* ------------------------------------------------------------------------------ the inputs ---- */

/* Opens a file of a directory; *path is the caller's to free in every case. */
static cfi_status open_part(const char *directory, const char *name, FILE **stream, char **path, cfi_error *error)
{
    *stream = NULL;
    if (asprintf(path, "%s/%s", directory, name) < 0) {
        *path = NULL;
        return no_pair_memory(error);
    }
    *stream = fopen(*path, "re");
    return *stream ? CFI_OK : text_file_error(*path, errno, error);
}

static bool has_file(const char *directory, const char *name)
{
    enum { LONGEST_PATH = 4096 };
    char path[LONGEST_PATH];

    return (size_t)snprintf(path, sizeof path, "%s/%s", directory, name) < sizeof path && access(path, F_OK) == 0;
}

/* The kind that both directories have; NULL and an error that says what they have. */
static const compared_kind *find_kind(const char *first, const char *second, cfi_error *error)
{
    const char *noun[2] = {NULL, NULL};

    for (size_t i = 0; i < compared_kind_count; i++) {
        bool here = has_file(first, compared_kinds[i].file), there = has_file(second, compared_kinds[i].file);

        if (here && there) {
            return &compared_kinds[i];
        }
        noun[0] = !noun[0] && here ? compared_kinds[i].noun : noun[0];
        noun[1] = !noun[1] && there ? compared_kinds[i].noun : noun[1];
    }
    if (!noun[0] || !noun[1]) {
        error_set(error, CFI_INVALID,
                  "%.300s: neither results.json, sweep.json nor frontier.json is there (allowed: what run, sweep or "
                  "frontier leave)",
                  noun[0] ? second : first);
    } else {
        error_set(error, CFI_INVALID, "%.200s has a %s, %.200s a %s (allowed: two of one kind)", first, noun[0], second,
                  noun[1]);
    }
    return NULL;
}

enum { MOST_SCENARIO_BYTES = 64 << 20 }; /* with all matrices of numbers */

/* The scenario that begins in a text, into *scenario. */
static cfi_status parse_scenario(const char *text, const char *path, cJSON **scenario, cfi_error *error)
{
    *scenario = text ? cJSON_ParseWithOpts(text, NULL, false) : NULL;
    if (text && !*scenario && syntax_blame(text, strlen(text)) == CFI_NO_MEMORY) {
        return no_pair_memory(error);
    }
    return cJSON_IsObject(*scenario) ? CFI_OK : error_set(error, CFI_INVALID, "%.300s: no scenario in it", path);
}

/* The member of results.json by itself, cut at its end, which is that of its own brace; NULL: there is none. */
static char *cut_scenario(char *text)
{
    static const char member[] = "\n  \"scenario\": ", brace[] = "\n  }";
    char *start = strstr(text, member), *end;

    if (!start) {
        return NULL;
    }
    start += sizeof member - 1;
    end = strstr(start, brace);
    if (end) {
        end[sizeof brace - 1] = '\0';
    }
    return start;
}

/* The scenario of scenario.json, which is the whole text, or of results.json, where it is a member. */
static cfi_status read_scenario_part(const compared_kind *kind, compared_input *input, cfi_error *error)
{
    char *path = NULL, *text = NULL;
    size_t length = 0;
    FILE *stream;
    cfi_status status = open_part(input->directory, kind->scenario_file, &stream, &path, error);

    if (status == CFI_OK) {
        text = text_file_read(stream, MOST_SCENARIO_BYTES, &length);
        status = text ? CFI_OK : text_file_error(path, errno, error);
        fclose(stream);
    }
    if (text) {
        bool is_member = strcmp(kind->file, kind->scenario_file) == 0;

        status = parse_scenario(is_member ? cut_scenario(text) : text, path, &input->scenario, error);
    }
    free(text);
    free(path);
    return status;
}

static cfi_status read_input(const compared_kind *kind, const compared_keys *keys, compared_input *input,
                             cfi_error *error)
{
    char *path = NULL;
    FILE *stream;
    cfi_status status = read_scenario_part(kind, input, error);

    if (status != CFI_OK) {
        return status;
    }
    status = open_part(input->directory, kind->table, &stream, &path, error);
    if (status == CFI_OK) {
        status = kind->read(stream, path, keys, input, error);
        fclose(stream);
    }
    free(path);
    return status;
}

static void free_input(compared_input *input)
{
    for (size_t i = 0; i < input->places; i++) {
        free(input->place[i]);
    }
    free(input->place);
    free(input->row);
    cJSON_Delete(input->scenario);
}

/* -------------------------------------------------------------------------------- the pairs ---- */

static int compare_rows(const void *a, const void *b)
{
    const compared_row *one = a, *other = b;

    if (one->place != other->place) {
        return one->place < other->place ? -1 : 1;
    }
    return (one->drop > other->drop) - (one->drop < other->drop);
}

/* The rows of a place, sorted, as a range of all. */
typedef struct row_range {
    const compared_row *row;
    size_t count;
} row_range;

/* The first row whose place is not below `place`. */
static size_t first_row(const compared_input *input, size_t place)
{
    size_t low = 0, high = input->rows;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (input->row[middle].place < place) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static row_range rows_of(const compared_input *input, size_t place)
{
    size_t first = first_row(input, place), count = first_row(input, place + 1) - first;

    return (row_range){.row = count > 0 ? input->row + first : NULL, .count = count};
}

/* The place of that name; input->places: there is none. */
static size_t find_place(const compared_input *input, const char *name)
{
    size_t i = 0;

    while (i < input->places && strcmp(input->place[i], name) != 0) {
        i++;
    }
    return i;
}

/* Puts 0 for differences that are rounding. Whether all are 0. */
static bool drop_rounding(const double *first, const double *second, double *difference, size_t count)
{
    double largest = 0.0;
    bool equal = count > 0;

    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fmax(fabs(first[i]), fabs(second[i])));
    }
    for (size_t i = 0; i < count; i++) {
        difference[i] = fabs(difference[i]) > COMPARED_ROUNDING * largest ? difference[i] : 0.0;
        equal = equal && difference[i] == 0.0;
    }
    return equal;
}

/* Numbers of one key over the pairs of a place; what is not finite in one is left out of both. */
static compared_pairs describe_pairs(const row_range *one, const row_range *other, size_t key, double *work)
{
    double *first = work, *second = work + one->count, *difference = second + one->count;
    size_t count = 0, j = 0;
    compared_pairs pairs = {.left_out = 0};

    for (size_t i = 0; i < one->count; i++) {
        while (j < other->count && other->row[j].drop < one->row[i].drop) {
            j++;
        }
        if (j == other->count || other->row[j].drop != one->row[i].drop) {
            continue;
        }
        first[count] = one->row[i].value[key];
        second[count] = other->row[j].value[key];
        difference[count] = second[count] - first[count];
        if (isfinite(first[count]) && isfinite(second[count])) {
            count++;
        } else {
            pairs.left_out++;
        }
    }
    pairs.equal = drop_rounding(first, second, difference, count);
    pairs.first = report_statistics(first, count);
    pairs.second = report_statistics(second, count);
    pairs.difference = report_statistics(difference, count);
    return pairs;
}

/* Drops of a place that both have. */
static size_t count_common(const row_range *one, const row_range *other)
{
    size_t count = 0, j = 0;

    for (size_t i = 0; i < one->count; i++) {
        while (j < other->count && other->row[j].drop < one->row[i].drop) {
            j++;
        }
        count += j < other->count && other->row[j].drop == one->row[i].drop;
    }
    return count;
}

static cfi_status pair_place(cfi_comparison *c, size_t of_first, size_t of_second, cfi_error *error)
{
    row_range one = rows_of(&c->first, of_first), other = rows_of(&c->second, of_second);
    double *work = malloc((3 * one.count + 1) * sizeof *work);
    compared_pairs *pairs = c->pairs + c->places * c->keys.count;

    if (!work) {
        return no_pair_memory(error);
    }
    for (size_t k = 0; k < c->keys.count; k++) {
        pairs[k] = describe_pairs(&one, &other, k, work);
    }
    free(work);
    c->lone_drops += one.count + other.count - 2 * count_common(&one, &other);
    c->of_first[c->places++] = of_first;
    return CFI_OK;
}

static cfi_status pair_places(cfi_comparison *c, cfi_error *error)
{
    cfi_status status = CFI_OK;

    c->of_first = calloc(c->first.places + 1, sizeof *c->of_first);
    c->pairs = calloc((c->first.places + 1) * (c->keys.count + 1), sizeof *c->pairs);
    if (!c->of_first || !c->pairs) {
        return no_pair_memory(error);
    }
    if (c->first.rows > 0) {
        qsort(c->first.row, c->first.rows, sizeof *c->first.row, compare_rows);
    }
    if (c->second.rows > 0) {
        qsort(c->second.row, c->second.rows, sizeof *c->second.row, compare_rows);
    }
    for (size_t p = 0; p < c->first.places && status == CFI_OK; p++) {
        size_t other = find_place(&c->second, c->first.place[p]);

        status = other < c->second.places ? pair_place(c, p, other, error) : CFI_OK;
    }
    c->lone_places = c->first.places + c->second.places - 2 * c->places;
    return status;
}

/* ----------------------------------------------------------------------------- the question ---- */

/* The input that lacks a key; NULL: both have it. */
static const compared_input *input_without(const cfi_comparison *c, size_t key)
{
    return !c->first.has[key] ? &c->first : !c->second.has[key] ? &c->second : NULL;
}

/* What --key asks for, and what frontiers trade, must be there in both. */
static cfi_status check_key(const cfi_comparison *c, cfi_error *error)
{
    bool trades = strcmp(c->kind->noun, "frontier") == 0;
    const compared_input *without = NULL;
    size_t key = 0;

    while ((c->keys.asked || trades) && key < c->keys.count && !(without = input_without(c, key))) {
        key++;
    }
    if (!without) {
        return CFI_OK;
    }
    if (!c->keys.asked) {
        return error_set(error, CFI_INVALID, "%.300s has no %.80s (allowed: two frontiers between the same)",
                         without->directory, c->keys.name[key]);
    }
    return error_set(error, CFI_INVALID, "--key: %.80s/%s has no %.80s (allowed: a column of numbers of %s)",
                     without->directory, c->kind->table, c->keys.name[key], trades ? "frontier.csv" : "drops.csv");
}

static cfi_status name_keys(cfi_comparison *c, const char *key, cfi_error *error)
{
    if (!key) {
        return c->kind->name_keys(c->first.directory, &c->keys, error);
    }
    c->keys = (compared_keys){.count = 1, .asked = true};
    snprintf(c->keys.name[0], COMPARED_NAME_LENGTH, "%s", key);
    return CFI_OK;
}

static cfi_status compare_inputs(cfi_comparison *c, const char *key, cfi_error *error)
{
    cfi_status status = name_keys(c, key, error);

    if (status == CFI_OK) {
        status = read_input(c->kind, &c->keys, &c->first, error);
    }
    if (status == CFI_OK) {
        status = read_input(c->kind, &c->keys, &c->second, error);
    }
    if (status == CFI_OK) {
        status = compared_check_drops(&c->first, &c->second, error);
    }
    if (status == CFI_OK) {
        status = check_key(c, error);
    }
    return status == CFI_OK ? pair_places(c, error) : status;
}

cfi_status report_compare(const char *first, const char *second, const char *key, cfi_comparison **out,
                          cfi_error *error)
{
    const compared_kind *kind = find_kind(first, second, error);
    cfi_comparison *c = kind ? calloc(1, sizeof *c) : NULL;

    *out = c;
    if (!kind) {
        return error->status;
    }
    if (!c) {
        return no_pair_memory(error);
    }
    c->kind = kind;
    c->first.directory = first;
    c->second.directory = second;
    return compare_inputs(c, key, error);
}

void report_comparison_free(cfi_comparison *c)
{
    if (c) {
        free_input(&c->first);
        free_input(&c->second);
        free(c->of_first);
        free(c->pairs);
        free(c);
    }
}

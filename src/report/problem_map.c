/* The map of an exported problem as JSON: docs/solver.md has its keys. Rows are counted as the CBF file counts them:
 * those of A, then those of G. */
#include "base/output.h"
#include "cfisac/report.h"
#include "report/json.h"

#include <stdlib.h>

enum { MAP_VERSION = 1 };

/* Entries of one part and word whose numbers follow one another. */
typedef struct map_block {
    const cfi_map_entry *entry;
    size_t entries;
} map_block;

/* Room for what a block lists. */
typedef struct map_lists {
    size_t *user, *ap, *size;
    double *scale;
} map_lists;

static bool goes_on(const cfi_map_entry *last, const cfi_map_entry *next)
{
    return next->part == last->part && next->word == last->word && next->first == last->first + last->count;
}

static map_block next_block(const cfi_problem_map *map, size_t from)
{
    map_block block = {.entry = map->entry + from, .entries = 1};

    while (from + block.entries < map->count && goes_on(&block.entry[block.entries - 1], &block.entry[block.entries])) {
        block.entries++;
    }
    return block;
}

static const char *cone_name(cfi_map_part part)
{
    static const char *const names[] = {
        [CFI_MAP_VARIABLES] = "F", [CFI_MAP_EQUALITIES] = "L=", [CFI_MAP_LINEAR] = "L+", [CFI_MAP_CONE] = "Q"};

    return names[part];
}

/* Fills the lists, an item a variable, a row or a cone; returns how many. */
static size_t list_items(const map_block *block, const map_lists *lists)
{
    size_t items = 0;

    for (size_t i = 0; i < block->entries; i++) {
        const cfi_map_entry *entry = &block->entry[i];
        size_t each = entry->part == CFI_MAP_CONE ? 1 : entry->count;

        for (size_t j = 0; j < each; j++, items++) {
            lists->user[items] = entry->user;
            lists->ap[items] = entry->ap;
            lists->size[items] = entry->count;
            lists->scale[items] = entry->scale;
        }
    }
    return items;
}

static bool has_scale(const map_lists *lists, size_t items)
{
    for (size_t i = 0; i < items; i++) {
        if (lists->scale[i] != 1.0) {
            return true;
        }
    }
    return false;
}

static void write_block(json_writer *json, const cfi_exported *exported, const map_block *block, const map_lists *lists)
{
    const cfi_map_entry *entry = block->entry;
    bool in_G = entry->part == CFI_MAP_LINEAR || entry->part == CFI_MAP_CONE;
    size_t items = list_items(block, lists);

    json_open(json, NULL, '{');
    json_text(json, "name", entry->word->name);
    json_text(json, "meaning", entry->word->meaning);
    json_text(json, "unit", entry->word->unit);
    if (entry->part != CFI_MAP_VARIABLES) {
        json_text(json, "cone", cone_name(entry->part));
    }
    json_count(json, "first", entry->first + (in_G ? exported->problem->p : 0));
    json_count(json, "count", items);
    if (entry->part == CFI_MAP_CONE) {
        json_counts(json, "size", lists->size, items);
    }
    if (entry->user != CFI_NOWHERE) {
        json_counts(json, "user", lists->user, items);
    }
    if (entry->ap != CFI_NOWHERE) {
        json_counts(json, "ap", lists->ap, items);
    }
    if (has_scale(lists, items)) {
        json_vector(json, "scale", lists->scale, items);
    }
    json_close(json, '}');
}

static void write_blocks(json_writer *json, const cfi_exported *exported, const char *key, bool variables,
                         const map_lists *lists)
{
    const cfi_problem_map *map = exported->map;
    map_block block;

    json_open(json, key, '[');
    for (size_t i = 0; i < map->count; i += block.entries) {
        block = next_block(map, i);
        if ((block.entry->part == CFI_MAP_VARIABLES) == variables) {
            write_block(json, exported, &block, lists);
        }
    }
    json_close(json, ']');
}

static void write_map_word(json_writer *json, const char *key, const cfi_map_word *word)
{
    json_text(json, key, word ? word->name : NULL);
}

static void write_map(const cfi_exported *exported, const char *scenario, const char *file, const map_lists *lists,
                      FILE *stream)
{
    const cfi_problem_map *map = exported->map;
    json_writer json = json_make(stream);

    json_open(&json, NULL, '{');
    json_count(&json, "map_version", MAP_VERSION);
    json_text(&json, "problem", file);
    json_text(&json, "scenario", scenario);
    json_count(&json, "drop", exported->drop);
    json_count(&json, "start", exported->start);
    json_count(&json, "step", exported->step);
    json_text(&json, "kind", map->kind);
    json_open(&json, "objective", '{');
    json_text(&json, "sense", "minimise");
    json_text(&json, "meaning", map->objective);
    json_number(&json, "constant", 0.0);
    json_close(&json, '}');
    json_open(&json, "powers", '{');
    write_map_word(&json, "users", map->users);
    write_map_word(&json, "scaled_to", map->scaled_to);
    write_map_word(&json, "sensing", map->sensing);
    write_map_word(&json, "radiated", map->radiated);
    write_map_word(&json, "less", map->less);
    json_close(&json, '}');
    write_blocks(&json, exported, "variables", true, lists);
    write_blocks(&json, exported, "rows", false, lists);
    json_close(&json, '}');
}

cfi_status report_write_problem_map(const cfi_exported *exported, const char *scenario, const char *file, FILE *stream,
                                    cfi_error *error)
{
    size_t room = exported->problem->n + exported->problem->p + exported->problem->m;
    size_t *numbers = calloc(3 * room, sizeof *numbers);
    map_lists lists = {.user = numbers, .scale = calloc(room, sizeof(double))};
    cfi_status status = numbers && lists.scale
                            ? CFI_OK
                            : error_set(error, CFI_NO_MEMORY, "out of memory for the map of a cone problem");

    if (status == CFI_OK) {
        lists.ap = numbers + room;
        lists.size = numbers + 2 * room;
        write_map(exported, scenario, file, &lists, stream);
        status = output_finish(stream, "the map of a cone problem", error);
    }
    free(numbers);
    free(lists.scale);
    return status;
}

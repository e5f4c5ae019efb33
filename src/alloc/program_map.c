/* What variables and rows of a cone problem are. */
#include "alloc/program_map.h"

#include <stdlib.h>

#define PROGRAM_ROW(word, name, unit, meaning) [word] = {name, unit, meaning},
static const cfi_map_word WORDS[] = {PROGRAM_WORDS(PROGRAM_ROW)};
#undef PROGRAM_ROW

enum { FIRST_ENTRIES = 256 };

const cfi_map_word *program_word_of(program_word word)
{
    return &WORDS[word];
}

void program_note(program_map *map, cfi_map_part part, size_t first, size_t count, program_label label)
{
    if (map->map.count == map->room && !map->failed) {
        size_t room = map->room > 0 ? 2 * map->room : FIRST_ENTRIES;
        cfi_map_entry *larger = reallocarray(map->map.entry, room, sizeof *larger);

        map->failed = !larger;
        map->map.entry = larger ? larger : map->map.entry;
        map->room = larger ? room : map->room;
    }
    if (!map->failed) {
        map->map.entry[map->map.count++] = (cfi_map_entry){.part = part,
                                                           .word = &WORDS[label.word],
                                                           .first = first,
                                                           .count = count,
                                                           .user = label.user,
                                                           .ap = label.ap,
                                                           .scale = label.scale};
    }
}

static size_t note_rows(program_map *map, cfi_map_part part, size_t first, size_t count, program_label label)
{
    if (map) {
        program_note(map, part, first, count, label);
    }
    return first;
}

size_t program_add_linear(socp_builder *builder, program_map *map, program_label label)
{
    return note_rows(map, CFI_MAP_LINEAR, socp_add_linear(builder, 1), 1, label);
}

size_t program_add_equality(socp_builder *builder, program_map *map, program_label label)
{
    return note_rows(map, CFI_MAP_EQUALITIES, socp_add_equalities(builder, 1), 1, label);
}

size_t program_add_cone(socp_builder *builder, program_map *map, size_t size, program_label label)
{
    return note_rows(map, CFI_MAP_CONE, socp_add_cone(builder, size), size, label);
}

program_map *program_map_begin(program_map *map, const cfi_alloc_options *options)
{
    *map = (program_map){.room = 0};
    return options && options->export_problem ? map : NULL;
}

cfi_status program_map_export(const program_map *map, const cfi_alloc_options *options, cfi_exported exported,
                              cfi_error *error)
{
    if (!map) {
        return CFI_OK;
    }
    if (map->failed) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the map of a cone problem");
    }
    exported.map = &map->map;
    return options->export_problem(options->export_context, &exported, error);
}

void program_map_free(program_map *map)
{
    if (map) {
        free(map->map.entry);
        *map = (program_map){.room = 0};
    }
}

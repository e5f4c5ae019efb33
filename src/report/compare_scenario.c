/* Whether two scenarios draw the same drops, and in what else they differ. */
#include "report/compare.h"

#include "base/paragraph.h"
#include "base/text.h"
#include "scenario/zip.h"

#include <string.h>

/* What decides which networks are drawn: places, gains, angles. All else may be what is compared. */
static const char *const drawn[] = {"seed",
                                    "network.aps",
                                    "network.ues",
                                    "network.area_m",
                                    "network.min_distance_m",
                                    "network.placement",
                                    "network.ap_positions_m",
                                    "network.ue_positions_m",
                                    "network.wrap_around",
                                    "network.height_difference_m",
                                    "network.array_orientation_deg",
                                    "propagation.",
                                    "sensing.geometry",
                                    "sensing.target_position_m",
                                    "sensing.angle_range_deg",
                                    "sensing.angles_deg"};
/* What says nothing of results. */
static const char *const idle[] = {"name", "$schema", "sweep"};

static bool is_listed(const char *key, const char *const *list, size_t count)
{
    bool found = false;

    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(list[i]);

        found = found || (list[i][length - 1] == '.' ? strncmp(key, list[i], length) == 0 : strcmp(key, list[i]) == 0);
    }
    return found;
}

static bool decides_drops(const char *key)
{
    return is_listed(key, drawn, sizeof drawn / sizeof *drawn);
}

static bool sweeps_key(const compared_input *input, const char *key)
{
    const cJSON *axes = cJSON_GetObjectItemCaseSensitive(input->scenario, "sweep"), *axis;

    cJSON_ArrayForEach(axis, axes)
    {
        if (axis->string && zip_has(axis->string, key)) {
            return true;
        }
    }
    return false;
}

/* The next key of a scenario, "section.name", and its value. */
typedef struct key_walk {
    const cJSON *section, *item; /* section: NULL at the top */
    char key[COMPARED_NAME_LENGTH];
} key_walk;

static bool walk_on(const cJSON *scenario, key_walk *at)
{
    if (!at->section && !at->item) {
        at->item = scenario ? scenario->child : NULL;
    } else {
        at->item = at->item->next;
    }
    while ((!at->item && at->section) ||
           (at->item && !at->section && cJSON_IsObject(at->item) && strcmp(at->item->string, "sweep") != 0)) {
        if (!at->item) { /* the section ends */
            at->item = at->section->next;
            at->section = NULL;
        } else { /* one begins */
            at->section = at->item;
            at->item = at->item->child;
        }
    }
    if (at->item) {
        snprintf(at->key, sizeof at->key, "%s%s%s", at->section ? at->section->string : "", at->section ? "." : "",
                 at->item->string);
    }
    return at->item;
}

/* The value of a key in the other scenario, or NULL. */
static const cJSON *find_key(const cJSON *scenario, const key_walk *at)
{
    const cJSON *section = at->section ? cJSON_GetObjectItemCaseSensitive(scenario, at->section->string) : scenario;

    return cJSON_GetObjectItemCaseSensitive(section, at->item->string);
}

static bool is_same(const cJSON *one, const cJSON *other)
{
    if (cJSON_IsNumber(one) && cJSON_IsNumber(other)) { /* seeds that are close are others */
        return !(one->valuedouble < other->valuedouble) && !(one->valuedouble > other->valuedouble);
    }
    return other && cJSON_Compare(one, other, true);
}

/* A value as a few characters. */
static void show_value(const cJSON *item, char *text, size_t size)
{
    enum { LONGEST_PRINT = 512 };
    char whole[LONGEST_PRINT] = "absent";

    if (item && !cJSON_PrintPreallocated((cJSON *)item, whole, LONGEST_PRINT, false)) {
        snprintf(whole, sizeof whole, "a long list");
    }
    text_shown(text, size, whole);
    if (strlen(whole) >= size) {
        memcpy(text + size - 3, "..", 3);
    }
}

/* The next key in which the two differ; keys that only the second has differ, too, seen from there. */
static bool next_difference(const compared_input *one, const compared_input *other, bool only_missing, key_walk *at)
{
    while (walk_on(one->scenario, at)) {
        const cJSON *there = find_key(other->scenario, at);

        if (!is_listed(at->key, idle, sizeof idle / sizeof *idle) &&
            (only_missing ? !there : !is_same(at->item, there)) &&
            !(sweeps_key(one, at->key) && sweeps_key(other, at->key))) {
            return true;
        }
    }
    return false;
}

enum { SHOWN_SETTING = 24 };

/* "KEY is A there and B here" of a key that decides the drops. */
static cfi_status refuse_difference(const compared_input *first, const compared_input *second, const key_walk *at,
                                    cfi_error *error)
{
    char here[SHOWN_SETTING], there[SHOWN_SETTING];

    show_value(find_key(first->scenario, at), here, sizeof here);
    show_value(find_key(second->scenario, at), there, sizeof there);
    return error_set(error, CFI_INVALID,
                     "%.200s and %.200s: not the same drops: %s is %s in the first, %s in the second (allowed: the "
                     "same seed, network and propagation)",
                     first->directory, second->directory, at->key, here, there);
}

/* Both must sweep the same keys. */
static cfi_status check_axes(const compared_input *first, const compared_input *second, cfi_error *error)
{
    const cJSON *axes = cJSON_GetObjectItemCaseSensitive(first->scenario, "sweep"), *axis;

    cJSON_ArrayForEach(axis, axes)
    {
        zip_walk at = {.next = axis->string};

        while (zip_walk_on(&at)) {
            char key[COMPARED_NAME_LENGTH];

            snprintf(key, sizeof key, "%.*s", (int)at.length, at.part);
            if (!sweeps_key(second, key)) {
                return error_set(error, CFI_INVALID, "%.200s sweeps %s, %.200s does not (allowed: the same keys)",
                                 first->directory, key, second->directory);
            }
        }
    }
    return CFI_OK;
}

cfi_status compared_check_drops(const compared_input *first, const compared_input *second, cfi_error *error)
{
    cfi_status status = check_axes(first, second, error);
    key_walk at = {.item = NULL}, missing = {.item = NULL};

    if (status == CFI_OK) {
        status = check_axes(second, first, error);
    }
    while (status == CFI_OK && next_difference(first, second, false, &at)) {
        status = decides_drops(at.key) ? refuse_difference(first, second, &at, error) : CFI_OK;
    }
    while (status == CFI_OK && next_difference(second, first, true, &missing)) {
        status = decides_drops(missing.key) ? refuse_difference(first, second, &missing, error) : CFI_OK;
    }
    return status;
}

static void put_difference(const compared_input *first, const compared_input *second, const key_walk *at, FILE *stream)
{
    char here[SHOWN_SETTING], there[SHOWN_SETTING];

    show_value(find_key(first->scenario, at), here, sizeof here);
    show_value(find_key(second->scenario, at), there, sizeof there);
    paragraph_print(stream, PAGE_INDENT, "%s: %s, %s", at->key, here, there);
}

size_t compared_differences(const compared_input *first, const compared_input *second, size_t most, FILE *stream)
{
    key_walk at = {.item = NULL}, missing = {.item = NULL};
    size_t count = 0;

    while (next_difference(first, second, false, &at)) {
        if (count++ < most) {
            put_difference(first, second, &at, stream);
        }
    }
    while (next_difference(second, first, true, &missing)) {
        if (count++ < most) {
            put_difference(first, second, &missing, stream);
        }
    }
    return count;
}

/* From text to one JSON item a key. */
#include "scenario/tree.h"

#include "scenario/syntax.h"
#include "scenario/unknown.h"
#include "scenario/zip.h"

#include <stdio.h>
#include <string.h>

enum { DOTTED_SIZE = 192, SHOWN_SIZE = 128 };

static cfi_status tree_out_of_memory(const cfi_tree *tree, cfi_error *error)
{
    cfi_place root = place_file(tree->file);

    return place_error(&root, error, CFI_NO_MEMORY, "out of memory");
}

/* Checks one member of an object ("section" is "" at the top) and takes its value. */
static cfi_status take_member(cfi_tree *tree, const char *section, const cJSON *item, const cfi_place *place,
                              cfi_error *error)
{
    char buffer[DOTTED_SIZE];
    cfi_wording dotted = wording_fixed(buffer, sizeof buffer);
    key_id id;

    wording_format(&dotted, "%s%s", section, *section ? "." : "");
    wording_excerpt(&dotted, item->string, SHOWN_SIZE);
    id = key_find(buffer);
    /* {"network.aps": 8} at the top is not the key aps of the section network */
    if (id == KEY_COUNT || key_section(buffer) != strlen(section)) {
        return key_refuse_unknown(place, buffer, error);
    }
    tree->item[id] = item;
    return CFI_OK;
}

static cfi_status take_section(cfi_tree *tree, const cJSON *section, const cfi_place *place, cfi_error *error)
{
    if (!cJSON_IsObject(section)) {
        char shown[SHOWN_SIZE];
        cfi_wording description = wording_fixed(shown, sizeof shown);

        value_describe(section, &description);
        return place_error(place, error, CFI_INVALID, "%s is of the wrong type (allowed: an object)", shown);
    }
    for (const cJSON *item = section->child; item; item = item->next) {
        cfi_place here = *place;
        cfi_status status;

        place_member(&here, item->string);
        status = take_member(tree, section->string, item, &here, error);
        if (status != CFI_OK) {
            return status;
        }
    }
    return CFI_OK;
}

static bool is_section(const char *name)
{
    return *name && strcmp(key_known_section(name), name) == 0;
}

/* The members of the scenario's object. */
static cfi_status take_all(cfi_tree *tree, const cJSON *scenario, cfi_error *error)
{
    cfi_place root = tree_root_place(tree);

    if (!cJSON_IsObject(scenario)) {
        char shown[SHOWN_SIZE];
        cfi_wording description = wording_fixed(shown, sizeof shown);

        value_describe(scenario, &description);
        return place_error(&root, error, CFI_INVALID, "%s is no scenario (allowed: an object)", shown);
    }
    for (const cJSON *item = scenario->child; item; item = item->next) {
        cfi_place here = root;
        cfi_status status;

        place_member(&here, item->string);
        status = is_section(item->string) ? take_section(tree, item, &here, error)
                                          : take_member(tree, "", item, &here, error);
        if (status != CFI_OK) {
            return status;
        }
    }
    return CFI_OK;
}

/* What provenance marks as written by this program: results.json, whose scenario is read, or a file without any. */
static cfi_status take_results(cfi_tree *tree, cfi_error *error)
{
    const cJSON *scenario = cJSON_GetObjectItemCaseSensitive(tree->root, "scenario");
    cfi_place root = tree_root_place(tree);

    for (const cJSON *item = tree->root->child; item; item = item->next) {
        if (is_section(item->string) || key_find(item->string) != KEY_COUNT) {
            place_member(&root, item->string);
            return place_error(&root, error, CFI_INVALID,
                               "a key of a scenario beside the provenance of results (allowed: one of them)");
        }
    }
    if (!scenario) {
        return place_error(&root, error, CFI_INVALID,
                           "provenance without a scenario (allowed: a scenario, or results.json with the one it is of; "
                           "that of a sweep or a frontier is scenario.json)");
    }
    tree->in_results = true;
    return take_all(tree, scenario, error);
}

cfi_status tree_build(cfi_tree *tree, const char *text, size_t length, cfi_error *error)
{
    cfi_status status = syntax_check(text, length, tree->file, error);

    if (status != CFI_OK) {
        return status;
    }
    tree->root = cJSON_ParseWithLengthOpts(text, length + 1, NULL, true);
    if (!tree->root) {
        return tree_out_of_memory(tree, error);
    }
    return cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(tree->root, "provenance"))
               ? take_results(tree, error)
               : take_all(tree, tree->root, error);
}

/* The value of a setting: JSON if it is JSON, else a bare word. Keys that take only text need no quotes for "5". NULL:
 * out of memory. */
static cJSON *setting_item(const key_spec *spec, const char *value)
{
    bool plain = spec->forms == FORM_TEXT && *value != '"';
    size_t length = strlen(value);
    cfi_status status = plain ? CFI_INVALID : syntax_check(value, length, "", NULL);

    if (status == CFI_NO_MEMORY) {
        return NULL;
    }
    return status == CFI_OK ? cJSON_ParseWithLengthOpts(value, length + 1, NULL, true) : cJSON_CreateString(value);
}

/* A bare word enters the tree without JSON's grammar, and must be text all the same. */
static cfi_status check_plain_text(const cfi_tree *tree, const cfi_place *place, const char *word, cfi_error *error)
{
    cfi_wording quoted = {0};
    cfi_status status;

    wording_quoted(&quoted, word);
    status = quoted.failed ? CFI_NO_MEMORY : syntax_check(quoted.data, quoted.length, "", NULL);
    wording_free(&quoted);
    if (status == CFI_NO_MEMORY) {
        return tree_out_of_memory(tree, error);
    }
    return status == CFI_OK ? CFI_OK : place_error(place, error, CFI_INVALID, "invalid UTF-8 (allowed: text)");
}

/* The sweep object as the tree's own, to be changed; a malformed one stays for the checks to find. */
static cJSON *own_sweep(cfi_tree *tree)
{
    const cJSON *given = tree->item[KEY_sweep];

    if (!tree->owned[KEY_sweep] || cJSON_IsNull(given)) {
        bool none = !given || cJSON_IsNull(given);
        cJSON *copy = none ? cJSON_CreateObject() : cJSON_Duplicate(given, true);

        tree->over[KEY_sweep] = none;
        cJSON_Delete(tree->owned[KEY_sweep]);
        tree->item[KEY_sweep] = tree->owned[KEY_sweep] = copy;
    }
    return tree->owned[KEY_sweep];
}

/* What --over says of an axis: a list of JSON as it stands in `sweep`, or the text of a range. */
static cfi_status read_over(cfi_tree *tree, const cfi_setting *setting, const cfi_place *place, cJSON **axis,
                            cfi_error *error)
{
    size_t length = strlen(setting->value);
    bool list = *setting->value == '[';
    cfi_status status = list ? syntax_check(setting->value, length, place->text, error)
                             : check_plain_text(tree, place, setting->value, error);

    *axis = NULL;
    if (status != CFI_OK) {
        return status == CFI_NO_MEMORY ? tree_out_of_memory(tree, error) : status;
    }
    *axis =
        list ? cJSON_ParseWithLengthOpts(setting->value, length + 1, NULL, true) : cJSON_CreateString(setting->value);
    return *axis ? CFI_OK : tree_out_of_memory(tree, error);
}

/* Puts an axis where the first of those stood that it replaces, which have no other keys than it has; else at the end.
 * False: out of memory, and the axis is still the caller's. */
static bool put_axis(cJSON *sweep, const char *name, const axis_keys *keys, cJSON *axis)
{
    cJSON *given = sweep->child, *next;
    bool placed = false, done = true;

    sweep->child = NULL; /* all that is there moves behind one another again */
    for (cJSON *other = given; other; other = next) {
        bool replaced = other->string && zip_is_within(other->string, keys);

        next = other->next;
        other->next = other->prev = NULL;
        if (replaced && !placed) {
            placed = true;
            done = cJSON_AddItemToObject(sweep, name, axis);
        }
        if (replaced) {
            cJSON_Delete(other);
        } else {
            cJSON_AddItemToArray(sweep, other);
        }
    }
    return placed ? done : cJSON_AddItemToObject(sweep, name, axis);
}

static cfi_status sweep_over(cfi_tree *tree, const cfi_setting *setting, cfi_error *error)
{
    cfi_place place = place_over(setting->key);
    axis_keys keys;
    cJSON *sweep, *axis = NULL;
    cfi_status status = zip_read(setting->key, &place, &keys, error);

    if (status == CFI_OK) {
        status = read_over(tree, setting, &place, &axis, error);
    }
    if (status != CFI_OK) {
        return status;
    }
    for (size_t i = 0; i < keys.count; i++) {
        tree->over[keys.id[i]] = true;
    }
    sweep = own_sweep(tree);
    if (!sweep || !put_axis(sweep, setting->key, &keys, axis)) {
        cJSON_Delete(axis);
        return tree_out_of_memory(tree, error);
    }
    return CFI_OK;
}

static cfi_status apply_one(cfi_tree *tree, const cfi_setting *setting, cfi_error *error)
{
    cfi_place place;
    cfi_status status;
    cJSON *item;
    key_id id;

    if (!setting->key || !*setting->key || !setting->value) {
        return error_set(error, CFI_USAGE, "%s: a key is missing (allowed: key=value)",
                         setting->over ? "--over" : "--set");
    }
    if (setting->over) {
        return sweep_over(tree, setting, error);
    }
    place = place_setting(setting->key);
    id = key_find(setting->key);
    if (id == KEY_COUNT && *key_known_section(setting->key) && !strchr(setting->key, '.')) {
        return place_error(&place, error, CFI_INVALID, "a section, not a key (allowed: one of its keys, %s.KEY=VALUE)",
                           setting->key);
    }
    if (id == KEY_COUNT) {
        return key_refuse_unknown(&place, setting->key, error);
    }
    status = check_plain_text(tree, &place, setting->value, error);
    if (status != CFI_OK) {
        return status;
    }
    item = setting_item(&key_table[id], setting->value);
    if (!item) {
        return tree_out_of_memory(tree, error);
    }
    cJSON_Delete(tree->owned[id]);
    tree->item[id] = tree->owned[id] = item;
    tree->set[id] = true;
    return CFI_OK;
}

cfi_status tree_apply(cfi_tree *tree, const cfi_setting *settings, size_t count, cfi_error *error)
{
    cfi_status status = CFI_OK;

    for (size_t i = 0; i < count && status == CFI_OK; i++) {
        status = apply_one(tree, &settings[i], error);
    }
    return status;
}

cfi_status tree_fill(cfi_tree *tree, cfi_error *error)
{
    for (size_t id = 0; id < KEY_COUNT; id++) {
        if (tree->item[id] || !key_table[id].fallback) {
            continue;
        }
        tree->item[id] = tree->owned[id] = cJSON_Parse(key_table[id].fallback);
        tree->filled[id] = true;
        if (!tree->item[id]) {
            return tree_out_of_memory(tree, error);
        }
    }
    return CFI_OK;
}

void tree_free(cfi_tree *tree)
{
    cJSON_Delete(tree->root);
    for (size_t id = 0; id < KEY_COUNT; id++) {
        cJSON_Delete(tree->owned[id]);
    }
    *tree = (cfi_tree){0};
}

cfi_place tree_root_place(const cfi_tree *tree)
{
    cfi_place place = place_file(tree->file);

    if (tree->in_results) {
        place_member(&place, "scenario");
    }
    return place;
}

cfi_place tree_place(const cfi_tree *tree, key_id id)
{
    const char *name = key_table[id].name;
    cfi_place place;

    if (tree->over[id] && (tree->at_point[id] || id == KEY_sweep)) {
        return place_over(id == KEY_sweep ? "" : name);
    }
    if (tree->at_point[id]) {
        place = tree_place(tree, KEY_sweep);
        place_member(&place, name);
        return place;
    }
    if (tree->set[id]) {
        return place_setting(name);
    }
    place = tree_root_place(tree);
    if (*key_section_of(id)) {
        place_member(&place, key_section_of(id));
    }
    place_member(&place, key_leaf(name));
    return place;
}

double tree_number(const cfi_tree *tree, key_id id, double otherwise)
{
    const cJSON *item = tree->item[id];

    return cJSON_IsNumber(item) && item->valuedouble >= 0.0 ? item->valuedouble : otherwise;
}

bool tree_has_sweep(const cfi_tree *tree)
{
    const cJSON *sweep = tree->item[KEY_sweep];

    return sweep && !cJSON_IsNull(sweep);
}

bool tree_sweeps_key(const cfi_tree *tree, key_id id)
{
    const cJSON *axis = tree_has_sweep(tree) ? tree->item[KEY_sweep]->child : NULL;

    while (axis && !(axis->string && zip_has(axis->string, key_table[id].name))) {
        axis = axis->next;
    }
    return axis;
}

/* The table of keys, and questions about names. docs/scenario.md is the same table for people. */
#include "scenario/keys.h"

#include "cfisac/scenario.h"
#include "scenario/convert.h"

#include <string.h>

/* The shorthands of scenario_keys.inc. */
#define FORMS(set, from, to)     .forms = (set), .low = (from), .high = (to)
#define NUMBER(from, to)         FORMS(FORM_NUMBER, from, to), .convert = convert_number
#define NUMBER_OR_NULL(from, to) FORMS(FORM_NUMBER | FORM_NULL, from, to), .convert = convert_number
#define COUNT(from, to)          FORMS(FORM_NUMBER, from, to), .whole = true, .convert = convert_count
#define COUNT_OR_NULL(from, to)  FORMS(FORM_NUMBER | FORM_NULL, from, to), .whole = true, .convert = convert_count
#define WORDS(...)               ((const char *const[]){__VA_ARGS__, NULL})
#define WORD(...)                .forms = FORM_WORD, .words = WORDS(__VA_ARGS__), .convert = convert_word
#define FLAG                     .forms = FORM_FLAG, .convert = convert_flag
#define WORD_OF(constant, word)  #word,
#define OBJECTIVES                                                                                                     \
    .forms = FORM_WORD, .words = ((const char *const[]){CFI_OBJECTIVES(WORD_OF) NULL}), .convert = convert_word
#define PRECODERS                                                                                                      \
    .forms = FORM_WORD, .words = ((const char *const[]){CFI_PRECODERS(WORD_OF) NULL}), .convert = convert_word
#define MODEL_WORD(constant, word, needs) #word,
#define PROPAGATION_MODELS                                                                                             \
    .forms = FORM_NULL | FORM_WORD, .words = ((const char *const[]){CFI_PROPAGATION_MODELS(MODEL_WORD) NULL}),         \
    .convert = convert_word
#define ARRAY(field)             .array = offsetof(cfi_system, field)
#define EACH_KEY(id, field, ...) [KEY_##id] = {.offset = offsetof(cfi_system, field), .name = __VA_ARGS__},
#define OTHER_KEY(id, ...)       [KEY_##id] = {.name = __VA_ARGS__},

const key_spec key_table[KEY_COUNT] = {
#include "cfisac/scenario_keys.inc"
};

const char *const key_sections[KEY_SECTIONS] = {"network",  "propagation", "fading",     "pilots",
                                                "clusters", "frame",       "precoding",  "power",
                                                "sensing",  "rate",        "allocation", "monte_carlo"};

key_id key_find(const char *name)
{
    size_t id = 0;

    while (id < KEY_COUNT && strcmp(key_table[id].name, name) != 0) {
        id++;
    }
    return (key_id)id;
}

bool key_takes_file(const key_spec *spec)
{
    return (spec->forms & FORM_TEXT) && spec->rows != SIZE_NONE;
}

bool key_can_be_swept(key_id id)
{
    return id != KEY_schema && id != KEY_name &&
           (key_table[id].forms & (FORM_NULL | FORM_NUMBER | FORM_WORD | FORM_TEXT | FORM_FLAG));
}

bool scenario_key(size_t index, cfi_key *key)
{
    const key_spec *spec = key_table + (index < KEY_COUNT ? index : 0);

    *key = (cfi_key){.name = spec->name,
                     .help = spec->help,
                     .words = spec->words,
                     .takes_null = spec->forms & FORM_NULL,
                     .takes_flag = spec->forms & FORM_FLAG,
                     .takes_file = key_takes_file(spec),
                     .can_be_swept = key_can_be_swept((key_id)(spec - key_table))};
    return index < KEY_COUNT;
}

size_t key_section(const char *name)
{
    const char *dot = strchr(name, '.');

    return dot ? (size_t)(dot - name) : 0;
}

const char *key_leaf(const char *name)
{
    const char *dot = strchr(name, '.');

    return dot ? dot + 1 : name;
}

const char *key_known_section(const char *name)
{
    size_t length = strcspn(name, ".");

    for (size_t i = 0; i < KEY_SECTIONS; i++) {
        if (strlen(key_sections[i]) == length && strncmp(key_sections[i], name, length) == 0) {
            return key_sections[i];
        }
    }
    return "";
}

const char *key_section_of(key_id id)
{
    const char *name = key_table[id].name;

    return key_section(name) > 0 ? key_known_section(name) : "";
}

const char *method_name(cfi_method method)
{
    return key_table[KEY_method].words[method];
}

const char *rate_model_name(cfi_rate_model model)
{
    return key_table[KEY_rate_model].words[model];
}

const char *crlb_model_name(cfi_crlb_model model)
{
    return key_table[KEY_crlb_model].words[model];
}

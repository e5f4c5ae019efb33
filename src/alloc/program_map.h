/* What variables and rows of a cone problem are, noted while it is put together, for who exports it: then there is a
 * map, else NULL, and a note is one comparison. Rows are added by the functions here, so that none is without a name.
 * docs/solver.md */
#ifndef CFISAC_ALLOC_PROGRAM_MAP_H
#define CFISAC_ALLOC_PROGRAM_MAP_H

#include "cfisac/alloc.h"

/* Every word of a map: its enumerator, name, unit and meaning. "Relative": to the point of expansion, a unit each. */
#define PROGRAM_WORDS(X)                                                                                               \
    X(PROGRAM_AMPLITUDE, "amplitude", "W^0.5", "root of the power of an access point for a user")                      \
    X(PROGRAM_USER_POWER, "user_power", "W", "power of an access point for a user")                                    \
    X(PROGRAM_COMMUNICATION_POWER, "communication_power", "W", "power of an access point for its users")               \
    X(PROGRAM_RADIATED_POWER, "radiated_power", "W", "power of an access point for users and sensing")                 \
    X(PROGRAM_RADIATED_AMPLITUDE, "radiated_amplitude", "W^0.5", "root of the power of an access point in all")        \
    X(PROGRAM_SENSING_POWER, "sensing_power", "W", "power of an access point's sensing beam")                          \
    X(PROGRAM_KEPT_POWER, "kept_power", "W", "at most the power for users, linearised at the point of expansion")      \
    X(PROGRAM_ILLUMINATION, "illumination", "1", "power that lights a receiver of echoes, relative")                   \
    X(PROGRAM_SENSING_PRODUCT, "sensing_product", "1", "theta of the paper's sensing constraint, relative")            \
    X(PROGRAM_QUADRATIC, "quadratic_terms", "1", "quadratic terms of a user's surrogate, over its interference")       \
    X(PROGRAM_COHERENT, "coherent_interference", "1", "of users on the user's pilot, over its interference")           \
    X(PROGRAM_SINR_GAIN, "sinr_gain", "1", "d: the user's SINR becomes at least 1 + d times what it is")               \
    X(PROGRAM_RATE_FACTOR, "rate_factor", "1", "t: the user's 1 + SINR becomes at least t times what it is")           \
    X(PROGRAM_MEAN_NODE, "mean_node", "1", "geometric mean of two rate factors, or of two such means")                 \
    X(PROGRAM_MEAN, "mean", "1", "geometric mean of all rate factors")                                                 \
    X(PROGRAM_LOGARITHM, "logarithm", "1", "two roots and a bend below the logarithm of a user's 1 + SINR")            \
    X(PROGRAM_RATE_LOGARITHM, "rate_logarithm", "1", "the same of the logarithm of a user's rate")                     \
    X(PROGRAM_RAISED, "raised", "1", "what is maximised, relative: its gain, or of information the value itself")      \
    X(PROGRAM_SIGNAL_PART, "signal_part", "1", "root of the product of user_power and interference")                   \
    X(PROGRAM_INTERFERENCE, "interference", "1", "interference and noise of a user, over those of equal powers")       \
    X(PROGRAM_FACTOR, "factor", "1", "g: multiplies what has to be sensed, or budget and limits")                      \
    X(PROGRAM_FACTOR_ROOT, "factor_root", "1", "root of g, which multiplies what has to be sensed, or the powers")     \
    X(PROGRAM_BUDGET, "budget", "W", "all access points together radiate no more than the budget")                     \
    X(PROGRAM_BUDGET_ROOT, "budget_root", "W^0.5", "the same: norm of the radiated amplitudes")                        \
    X(PROGRAM_LIMIT, "limit", "W", "an access point radiates no more than its limit")                                  \
    X(PROGRAM_LIMIT_ROOT, "limit_root", "W^0.5", "the same of its radiated amplitude")                                 \
    X(PROGRAM_NOT_NEGATIVE, "not_negative", "1", "a power or an amplitude is not negative")                            \
    X(PROGRAM_SHARE, "share", "1", "power for users is no more than an access point radiates")                         \
    X(PROGRAM_SUM_OF_USERS, "sum_of_users", "1", "communication_power is (at least) the sum of user_power")            \
    X(PROGRAM_KEPT, "kept", "1", "kept_power is no more than the tangent of the power for users")                      \
    X(PROGRAM_THRESHOLD, "threshold", "1", "an access point's bound of the angle is no more than its threshold")       \
    X(PROGRAM_INFORMATION, "information", "1", "information of an access point's own echo is enough")                  \
    X(PROGRAM_SHARED_INFORMATION, "shared_information", "1", "information of all echoes of a target is enough")        \
    X(PROGRAM_ILLUMINATES, "illuminates", "1", "illumination is no more than the powers give")                         \
    X(PROGRAM_POSITION, "position", "1", "information about the target's place is enough")                             \
    X(PROGRAM_SENSING_LINEAR, "sensing_linear", "1", "the paper's sensing constraint: bound of sensing_product")       \
    X(PROGRAM_SENSING_ROOT, "sensing_root", "1", "the paper's sensing constraint: sensing_product as a root")          \
    X(PROGRAM_RATE, "rate", "1", "rate_factor is no more than the surrogate of the user's 1 + SINR")                   \
    X(PROGRAM_SINR, "sinr", "1", "sinr_gain is no more than the surrogate of the user's SINR")                         \
    X(PROGRAM_TARGET, "target", "1", "the user's SINR is that of its rate target")                                     \
    X(PROGRAM_LEAST, "least", "1", "the user's rate, over its weight, is at least what is raised")                     \
    X(PROGRAM_RATIO, "ratio", "1", "the user's SINR, over its target, is at least what is raised")                     \
    X(PROGRAM_AMPLITUDES, "amplitudes", "1", "squared amplitudes of an access point are no more than its power")       \
    X(PROGRAM_STREAM, "stream", "1", "the squared amplitude is no more than user_power")                               \
    X(PROGRAM_LOAD, "load", "1", "interference is at least what the powers cause")                                     \
    X(PROGRAM_SIGNAL, "signal", "1", "signal parts give the user its SINR")                                            \
    X(PROGRAM_USER_SINR, "user_sinr", "1", "the user has its SINR: norm of interference and noise, of amplitudes")

#define PROGRAM_ENUMERATOR(word, name, unit, meaning) word,
typedef enum { PROGRAM_WORDS(PROGRAM_ENUMERATOR) PROGRAM_WORD_COUNT } program_word;
#undef PROGRAM_ENUMERATOR

typedef struct program_map {
    cfi_problem_map map;
    size_t room;
    bool failed; /* out of memory */
} program_map;

/* What a variable or a row is, of whom, and what 1 of it is in the word's unit. */
typedef struct program_label {
    program_word word;
    size_t user, ap; /* CFI_NOWHERE: of none */
    double scale;
} program_label;

static inline program_label label_pair(program_word word, size_t user, size_t ap)
{
    return (program_label){.word = word, .user = user, .ap = ap, .scale = 1.0};
}
static inline program_label label_user(program_word word, size_t user)
{
    return label_pair(word, user, CFI_NOWHERE);
}
static inline program_label label_ap(program_word word, size_t ap)
{
    return label_pair(word, CFI_NOWHERE, ap);
}
static inline program_label label_all(program_word word)
{
    return label_pair(word, CFI_NOWHERE, CFI_NOWHERE);
}
static inline program_label label_scaled(program_label label, double scale)
{
    label.scale = scale;
    return label;
}

const cfi_map_word *program_word_of(program_word word);

void program_note(program_map *map, cfi_map_part part, size_t first, size_t count, program_label label);

/* `count` variables from `first` on; nothing where there is no map. */
static inline void program_name_variables(program_map *map, size_t first, size_t count, program_label label)
{
    if (map && count > 0) {
        program_note(map, CFI_MAP_VARIABLES, first, count, label);
    }
}
/* A linear row, an equality row, a cone of the builder; each returns its first row. */
size_t program_add_linear(socp_builder *builder, program_map *map, program_label label);
size_t program_add_equality(socp_builder *builder, program_map *map, program_label label);
size_t program_add_cone(socp_builder *builder, program_map *map, size_t size, program_label label);

/* The map of the problem that is put together next, an empty one, where somebody wants to see it; else NULL. options
 * may be NULL. */
program_map *program_map_begin(program_map *map, const cfi_alloc_options *options);
/* Gives the problem and its map to who wants to see them; nothing where there is no map. Fails: CFI_NO_MEMORY, theirs.
 */
cfi_status program_map_export(const program_map *map, const cfi_alloc_options *options, cfi_exported exported,
                              cfi_error *error);
void program_map_free(program_map *map); /* NULL is fine */

#endif

/* What the parts of a step's cone problem share: its data, its variables, and the entries, rows and cones that its
 * constraints, its surrogate and the paper's approximation are made of. docs/model.md (M13)-(M15) */
#ifndef CFISAC_ALLOC_STEP_ROWS_H
#define CFISAC_ALLOC_STEP_ROWS_H

#include "alloc/problem.h"
#include "alloc/program_map.h"

typedef struct step_model step_model;

/* A surrogate of an objective: its variables, its objective and rows, its cones. */
struct step_surrogate {
    const char *objective; /* what its problem minimises, in words */
    bool has_response;     /* the response of the access points, in its place, ends where its steps do (response.h) */
    bool goes_on;          /* steps are prolonged while the objective rises */
    bool raises;           /* variable `root` is what the problem's goal has, over what the point has */
    bool gains;            /* it is said in step_gain.h's variables, of every active user */
    /* Whether it has a variable e per active user, above quadratic terms; add_squares adds their cones. */
    bool (*has_squares)(const alloc_problem *problem);
    /* Places further variables from `next` on; returns the number of all. */
    size_t (*lay_out)(step_model *model, size_t next);
    void (*add_rows)(const step_model *model);
    void (*add_squares)(const step_model *model);
    void (*add_cones)(const step_model *model, size_t *list); /* the last ones; list: scratch for 2 K indices */
};

/* Where each variable and the data of the expansion stand. */
struct step_model {
    const alloc_problem *problem;
    const step_surrogate *surrogate;
    cfi_crlb_constraint constraint;
    const alloc_point *at;
    const alloc_values *values; /* there */
    const size_t *active;
    size_t A;          /* active users */
    size_t *number;    /* A x L: see step_w; room for K x L, filled here; NULL where every AP serves every user */
    size_t amplitudes; /* variables w */
    size_t x, q, p, e, theta; /* first variable of each kind; w starts at 0 */
    size_t kept, lit;         /* of sensing that couples access points (step_information.c) */
    size_t gain, heard;       /* step_gain.h's */
    size_t t, node, root;     /* the surrogate's; root: the geometric mean */
    double *unit;             /* L: what the power of each access point is measured in, a power of 4; filled here */
    size_t variables;
    socp_builder *builder;
    program_map *map; /* of what is exported; NULL: nothing is */
};

/* Of a surrogate without variables e. */
static inline bool step_without_squares(const alloc_problem *problem)
{
    (void)problem;
    return false;
}
static inline void step_adds_nothing(const step_model *model)
{
    (void)model;
}
static inline void step_adds_no_cones(const step_model *model, size_t *list)
{
    (void)model, (void)list;
}
/* Of one without variables of its own, and of one whose only variable is `root`. */
static inline size_t step_lays_out_nothing(step_model *model, size_t next)
{
    (void)model;
    return next;
}
static inline size_t step_lays_out_root(step_model *model, size_t next)
{
    model->root = next;
    program_name_variables(model->map, next, 1, label_all(PROGRAM_RAISED));
    return next + 1;
}

/* A linear row, and a cone; each returns the first row. */
static inline size_t step_add_row(const step_model *model, program_label label)
{
    return program_add_linear(model->builder, model->map, label);
}
static inline size_t step_add_cone(const step_model *model, size_t size, program_label label)
{
    return program_add_cone(model->builder, model->map, size, label);
}
/* What is one for each active user: variables of the word, `each` of them, from `first` on. */
static inline void step_name_users(const step_model *model, size_t first, size_t each, program_word word)
{
    for (size_t a = 0; model->map && a < model->A; a++) {
        program_name_variables(model->map, first + each * a, each, label_user(word, model->active[a]));
    }
}

/* The variable w, and beside p the power, of the active user number a at AP l; SIZE_MAX where that does not serve it.
 */
static inline size_t step_w(const step_model *model, size_t a, size_t l)
{
    size_t at = a + model->A * l;

    return model->number ? model->number[at] : at;
}
static inline bool step_serves(const step_model *model, size_t a, size_t l)
{
    return step_w(model, a, l) != SIZE_MAX;
}

/* Some active user is served by AP l. */
bool step_serves_somebody(const step_model *model, size_t l);

/* Interference of an access point depends on how its power is split. */
bool step_loads_apart(const step_model *model);
/* Whether an access point has a variable x; without one, q itself bounds the squared norm of w, or is all there is
 * where nobody is served. */
bool step_has_x(const step_model *model, size_t l);
/* The variable x_l of an access point that has one. */
size_t step_model_x(const step_model *model, size_t l);
/* What amplitudes of AP l are measured in; exact, since powers are measured in powers of 4. */
double step_amplitude_unit(const step_model *model, size_t l);

/* Of a variable in the unit of AP l, in watts. */
program_label step_power_label(const step_model *model, program_word word, size_t l);
/* row += factor x_l, in the unit of AP l */
void step_put_communication_power(const step_model *model, size_t row, size_t l, double factor);
/* row += factor (2 r v'w_l - r^2), which is factor norm(w_l)^2 at most and touches it at the point of expansion, w_l =
 * r v. */
void step_put_squared_norm(const step_model *model, size_t row, size_t l, double factor);
/* row += factor * u_k / u0_k, k the active user number a */
void step_put_signal(const step_model *model, size_t row, size_t a, double factor);
/* row += factor * I_k / I0_k but for coherent terms */
void step_put_load(const step_model *model, size_t row, size_t k, double factor);
/* Every variable that interferes with user k, and how much of I_k a unit of it is. */
typedef void (*step_load_taker)(const step_model *model, void *context, size_t variable, double load);
void step_for_each_load(const step_model *model, size_t k, step_load_taker take, void *context);
/* norm(v)^2 <= variable; returns the first of `terms` rows, to which the caller adds 2 v. */
size_t step_add_squares(const step_model *model, size_t variable, size_t terms, program_label label);
/* Coherent amplitudes at user k of its active mates, times scale, in that many rows. */
size_t step_coherent_terms(const step_model *model, size_t k);
void step_put_coherent(const step_model *model, size_t row, size_t k, double scale);
/* root <= (prod t)^(1/A) by a tree of pairs; leaves are padded with the root itself. `list` has room for the padded
 * leaves. Its nodes but for the root and the leaves are counted by step_geometric_nodes. */
void step_add_geometric_mean(const step_model *model, size_t *list);
size_t step_geometric_nodes(size_t leaves);

#endif

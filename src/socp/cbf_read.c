/* A Conic Benchmark Format file as a problem, and the problem's answers in the file's terms. docs/solver.md.
 *
 * Variables keep their order. A row of CON becomes a row of A (L=), of G (L+, L-), of a cone (Q, QR) or none (F); a
 * variable in a cone gets such a row as well, after those of CON. The rotated cone 2 s0 s1 >= norm(rest)^2 is the cone
 * Q after s0, s1 -> (s0 + s1) / sqrt(2), (s0 - s1) / sqrt(2), which is its own inverse. */
#include "cfisac/socp.h"
#include "socp/cbf_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double root_half = 0.70710678118654752440;

/* Where a scalar of VAR or CON goes. */
typedef enum place_kind {
    PLACE_NONE,
    PLACE_EQUAL,
    PLACE_PLUS,
    PLACE_MINUS,
    PLACE_HEAD,
    PLACE_SECOND,
    PLACE_SQUARE
} place_kind;
typedef struct place {
    size_t row; /* of A for PLACE_EQUAL, of F for PLACE_SQUARE, else of G; of the rotated cone's first row for
                   PLACE_HEAD and PLACE_SECOND */
    place_kind kind;
} place;

struct socp_cbf {
    socp_builder *builder;
    const socp_problem *problem; /* the builder's */
    bool maximise;
    double constant;
    size_t constraints;
    place *con; /* constraints */
    cbf_epigraph *epigraph;
    size_t epigraphs;
};

/* ------------------------------------------------------------------ the rows of a domain ---- */

/* Linear and equality rows for the scalars of a domain; they come before all cones. */
static void place_linear(const cbf_domain *domain, socp_builder *builder, place *to)
{
    static const place_kind kinds[] = {PLACE_NONE, PLACE_EQUAL, PLACE_PLUS, PLACE_MINUS};

    for (size_t i = 0; i < domain->cones; to += domain->cone[i++].size) {
        const cbf_cone *cone = &domain->cone[i];
        bool pair = cone->kind == CBF_ROTATED && cone->size == 2; /* both are just not negative */
        size_t first = 0;

        if (cone->size == 0 || (cone->kind >= CBF_CONE && !pair)) {
            continue;
        }
        if (cone->kind == CBF_ZERO) {
            first = socp_add_equalities(builder, cone->size);
        } else if (cone->kind != CBF_FREE) {
            first = socp_add_linear(builder, cone->size);
        }
        for (size_t j = 0; j < cone->size; j++) {
            to[j] = (place){.row = first + j, .kind = pair ? PLACE_PLUS : kinds[cone->kind]};
        }
    }
}

static void place_cones(const cbf_domain *domain, socp_builder *builder, place *to)
{
    for (size_t i = 0; i < domain->cones; to += domain->cone[i++].size) {
        const cbf_cone *cone = &domain->cone[i];
        bool rotated = cone->kind == CBF_ROTATED;
        size_t first;

        if (cone->kind == CBF_SQUARES) {
            first = socp_add_squares(builder, cone->size - 2);
            for (size_t j = 2; j < cone->size; j++) {
                to[j] = (place){.row = first + j - 2, .kind = PLACE_SQUARE};
            }
            continue;
        }
        if (cone->size == 0 || cone->kind < CBF_CONE || (rotated && cone->size == 2)) {
            continue;
        }
        first = socp_add_cone(builder, cone->size);
        for (size_t j = 0; j < cone->size; j++) {
            to[j] = (place){.row = first + j, .kind = PLACE_PLUS};
        }
        if (rotated) {
            to[0] = (place){.row = first, .kind = PLACE_HEAD};
            to[1] = (place){.row = first, .kind = PLACE_SECOND};
        }
    }
}

/* coefficient * x[variable] in the scalar that went to `at` */
static void put_entry(socp_builder *builder, place at, size_t variable, double coefficient)
{
    switch (at.kind) {
    case PLACE_NONE:
        break;
    case PLACE_SQUARE:
        socp_put_square(builder, at.row, variable, coefficient);
        break;
    case PLACE_EQUAL:
        socp_put_equality(builder, at.row, variable, coefficient);
        break;
    case PLACE_PLUS:
    case PLACE_MINUS:
        socp_put(builder, at.row, variable, at.kind == PLACE_PLUS ? coefficient : -coefficient);
        break;
    case PLACE_HEAD:
    case PLACE_SECOND:
        socp_put(builder, at.row, variable, root_half * coefficient);
        socp_put(builder, at.row + 1, variable,
                 at.kind == PLACE_HEAD ? root_half * coefficient : -root_half * coefficient);
        break;
    }
}

static void put_constant(socp_builder *builder, place at, double value)
{
    switch (at.kind) {
    case PLACE_NONE:
    case PLACE_SQUARE: /* without a constant */
        break;
    case PLACE_EQUAL: /* A x + b = 0 */
        socp_rhs_equality(builder, at.row, -value);
        break;
    case PLACE_PLUS:
    case PLACE_MINUS:
        socp_constant(builder, at.row, at.kind == PLACE_PLUS ? value : -value);
        break;
    case PLACE_HEAD:
    case PLACE_SECOND:
        socp_constant(builder, at.row, root_half * value);
        socp_constant(builder, at.row + 1, at.kind == PLACE_HEAD ? root_half * value : -root_half * value);
        break;
    }
}

/* ---------------------------------------------------------------------------- the model ---- */

static void fill_builder(const cbf_file *file, const place *con, const place *var, socp_builder *builder)
{
    for (size_t j = 0; j < file->var.count; j++) {
        if (file->c[j] != 0.0) {
            socp_objective(builder, j, file->maximise ? -file->c[j] : file->c[j]);
        }
        put_entry(builder, var[j], j, 1.0);
    }
    for (size_t i = 0; i < file->entries; i++) {
        put_entry(builder, con[file->row[i]], file->col[i], file->value[i]);
    }
    for (size_t i = 0; i < file->con.count; i++) {
        if (file->b[i] != 0.0) {
            put_constant(builder, con[i], file->b[i]);
        }
    }
}

/* The problem of the file; cbf->builder and cbf->con are there. */
static cfi_status make_problem(const cbf_file *file, socp_cbf *cbf, cfi_error *error)
{
    place *var = calloc(file->var.count, sizeof *var);

    if (!var) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for a cone problem");
    }
    place_linear(&file->con, cbf->builder, cbf->con);
    place_linear(&file->var, cbf->builder, var);
    place_cones(&file->con, cbf->builder, cbf->con);
    place_cones(&file->var, cbf->builder, var);
    fill_builder(file, cbf->con, var, cbf->builder);
    free(var);
    cbf->problem = socp_build(cbf->builder, error);
    return cbf->problem ? CFI_OK : error->status;
}

static socp_cbf *make_cbf(cbf_file *file, cfi_error *error)
{
    socp_cbf *cbf = calloc(1, sizeof *cbf);

    if (cbf && cbf_find_epigraphs(file, &cbf->epigraph, &cbf->epigraphs) == CFI_OK) {
        cbf->maximise = file->maximise;
        cbf->constant = file->constant;
        cbf->constraints = file->con.count;
        cbf->builder = socp_builder_create(file->var.count);
        cbf->con = calloc(file->con.count + 1, sizeof *cbf->con);
    }
    if (!cbf || !cbf->builder || !cbf->con) {
        error_set(error, CFI_NO_MEMORY, "out of memory for a cone problem");
    } else if (make_problem(file, cbf, error) == CFI_OK) {
        return cbf;
    }
    socp_cbf_destroy(cbf);
    return NULL;
}

socp_cbf *socp_read_cbf(FILE *stream, const char *name, cfi_error *error)
{
    cfi_error unused;
    cbf_text text;
    cbf_file file = {.entries = 0};
    socp_cbf *cbf = NULL;
    cfi_error *to = error ? error : &unused;

    if (text_load(&text, stream, name, to) == CFI_OK && cbf_file_read(&text, &file) == CFI_OK) {
        cbf = make_cbf(&file, to);
    }
    cbf_file_free(&file);
    text_free(&text);
    return cbf;
}

void socp_cbf_destroy(socp_cbf *cbf)
{
    if (cbf) {
        socp_builder_destroy(cbf->builder);
        free(cbf->con);
        free(cbf->epigraph);
        free(cbf);
    }
}

const socp_problem *socp_cbf_problem(const socp_cbf *cbf)
{
    return cbf->problem;
}

bool socp_cbf_maximises(const socp_cbf *cbf)
{
    return cbf->maximise;
}

size_t socp_cbf_constraints(const socp_cbf *cbf)
{
    return cbf->constraints;
}

double socp_cbf_objective(const socp_cbf *cbf, double value)
{
    return (cbf->maximise ? -value : value) + cbf->constant;
}

/* v = S x of an epigraph to v[2 ..], norm(v)^2 is returned. The rows of F are sqrt(price / width) S. */
static double epigraph_squares(const socp_cbf *cbf, const cbf_epigraph *epigraph, const double *x, double *v)
{
    const socp_matrix *F = &cbf->problem->F;
    size_t first = cbf->con[epigraph->row + 2].row, count = epigraph->size - 2;
    double unit = sqrt(epigraph->width / epigraph->price), sum = 0.0;

    for (size_t j = 0; j < F->cols; j++) {
        for (size_t e = F->start[j]; e < F->start[j + 1]; e++) {
            if (F->row[e] >= first && F->row[e] < first + count) {
                v[2 + F->row[e] - first] += unit * F->value[e] * x[j];
            }
        }
    }
    for (size_t i = 2; i < epigraph->size; i++) {
        sum += v[i] * v[i];
    }
    return sum;
}

bool socp_cbf_point(const socp_cbf *cbf, const socp_solution *solution, double *x)
{
    memcpy(x, solution->x, cbf->problem->n * sizeof *x);
    for (size_t i = 0; i < cbf->epigraphs; i++) {
        const cbf_epigraph *epigraph = &cbf->epigraph[i];
        double *v = calloc(epigraph->size, sizeof *v);

        if (!v) {
            return false;
        }
        if (solution->status != SOCP_DUAL_INFEASIBLE) { /* along a ray S x and t do not change */
            x[epigraph->variable] =
                (0.5 * epigraph_squares(cbf, epigraph, solution->x, v) / epigraph->width - epigraph->start) /
                epigraph->slope;
        }
        free(v);
    }
    return true;
}

/* price (1, norm(v)^2 / (2 width^2), -v / width) */
static void epigraph_multipliers(const socp_cbf *cbf, const cbf_epigraph *epigraph, const double *x, double *u)
{
    double square = epigraph_squares(cbf, epigraph, x, u);

    u[0] = epigraph->price;
    u[1] = 0.5 * epigraph->price * square / (epigraph->width * epigraph->width);
    for (size_t i = 2; i < epigraph->size; i++) {
        u[i] *= -epigraph->price / epigraph->width;
    }
}

void socp_cbf_multipliers(const socp_cbf *cbf, const socp_solution *solution, double *multiplier)
{
    for (size_t i = 0; i < cbf->constraints; i++) {
        place at = cbf->con[i];
        const double *z = solution->z;

        switch (at.kind) {
        case PLACE_NONE:
        case PLACE_SQUARE: /* below */
            multiplier[i] = 0.0;
            break;
        case PLACE_EQUAL:
            multiplier[i] = -solution->y[at.row];
            break;
        case PLACE_PLUS:
        case PLACE_MINUS:
            multiplier[i] = at.kind == PLACE_PLUS ? z[at.row] : -z[at.row];
            break;
        case PLACE_HEAD:
        case PLACE_SECOND:
            multiplier[i] = root_half * (at.kind == PLACE_HEAD ? z[at.row] + z[at.row + 1] : z[at.row] - z[at.row + 1]);
            break;
        }
    }
    for (size_t i = 0; i < cbf->epigraphs && solution->status != SOCP_PRIMAL_INFEASIBLE; i++) {
        epigraph_multipliers(cbf, &cbf->epigraph[i], solution->x, multiplier + cbf->epigraph[i].row);
    }
}

/* Checks what `cfisac solve --json` said of a CBF file, from the raw file alone: a reader and sums of its own, and none
 * of the solver's numbers but x, the multipliers and the objective. check_solution FILE.cbf SOLUTION.json ANSWER
 * [OBJECTIVE] ANSWER is optimal, primal_infeasible or dual_infeasible, the truth; OBJECTIVE the optimum. Prints one
 * line with tabs: verdict  status  iterations  seconds  objective  objective_error  primal  dual  gap  certificate
 * stop_reason Verdicts: right; inaccurate; loose (an answer whose residuals break what its status promises); limit;
 * time_limit; failed; wrong. What a number is not there for is -. tests/bench/README.md has the measures. */
#include "plain_cbf.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double objective_tolerance = 1e-5;   /* relative; what counts as the right optimum */
static const double optimal_promise = 1e-6;       /* row-wise residuals and gap of `optimal` with a stated reason */
static const double inaccurate_promise = 1e-4;    /* and of `inaccurate` */
static const double certificate_tolerance = 1e-6; /* proves that no feasible point has a norm_1 below a million */

/* -------------------------------------------------------------------------- linear maps ---- */

/* Sums, and beside each what it is measured by: the magnitudes of its terms and its largest coefficient. */
typedef struct sums {
    size_t count;
    double *value, *scale, *unit;
} sums;

static sums sums_make(size_t count)
{
    sums of = {count, calloc(count + 1, sizeof(double)), calloc(count + 1, sizeof(double)),
               calloc(count + 1, sizeof(double))};

    if (!of.value || !of.scale || !of.unit) {
        fprintf(stderr, "check_solution: out of memory\n");
        exit(EXIT_FAILURE);
    }
    return of;
}

static void sums_free(sums *of)
{
    free(of->value);
    free(of->scale);
    free(of->unit);
}

static void sums_add(sums *to, size_t at, double coefficient, double factor)
{
    to->value[at] += coefficient * factor;
    to->scale[at] += fabs(coefficient * factor);
    to->unit[at] = fmax(to->unit[at], fabs(coefficient));
}

/* The unit stands for a variable of 1, so that a row whose terms are all small is not judged by rounding. */
static void sums_close(sums *of)
{
    for (size_t i = 0; i < of->count; i++) {
        of->scale[i] += of->unit[i] > 0.0 ? of->unit[i] : 1.0;
    }
}

/* A x + weight b */
static sums rows_of(const plain_cbf *cbf, const double *x, double weight)
{
    sums of = sums_make(cbf->m);

    for (size_t i = 0; i < cbf->entries; i++) {
        sums_add(&of, cbf->row[i], cbf->value[i], x[cbf->column[i]]);
    }
    for (size_t i = 0; i < cbf->m; i++) {
        of.value[i] += weight * cbf->b[i];
        of.scale[i] += fabs(weight * cbf->b[i]);
    }
    sums_close(&of);
    return of;
}

/* weight c - A'u, where c is that of a minimisation */
static sums columns_of(const plain_cbf *cbf, const double *u, double weight)
{
    sums of = sums_make(cbf->n);
    double sign = cbf->maximises ? -weight : weight;

    for (size_t i = 0; i < cbf->entries; i++) {
        sums_add(&of, cbf->column[i], cbf->value[i], -u[cbf->row[i]]);
    }
    for (size_t j = 0; j < cbf->n; j++) {
        of.value[j] += sign * cbf->c[j];
        of.scale[j] += fabs(sign * cbf->c[j]);
    }
    sums_close(&of);
    return of;
}

/* Numbers as they are, measured by the largest of each block: a cone's multipliers come out of a rotation. */
static sums numbers_of(const double *v, size_t count, const cone_block *block, size_t blocks, double unit)
{
    sums of = sums_make(count);

    for (size_t i = 0, at = 0; i < blocks; at += block[i++].size) {
        bool cone = block[i].kind >= CONE_QUADRATIC;
        double largest = 0.0;

        for (size_t k = at; k < at + block[i].size; k++) {
            of.value[k] = v[k];
            largest = fmax(largest, fabs(v[k]));
        }
        for (size_t k = at; k < at + block[i].size; k++) {
            of.scale[k] = unit + (cone ? largest : fabs(v[k]));
        }
    }
    return of;
}

/* -------------------------------------------------------------------------------- cones ---- */

/* The value, or 0 for what is within; infinite for what is not a number. */
static double positive(double value)
{
    return value > 0.0 ? value : isnan(value) ? INFINITY : 0.0;
}

static double tail_square(const double *v, size_t from, size_t size)
{
    double sum = 0.0;

    for (size_t i = from; i < size; i++) {
        sum += v[i] * v[i];
    }
    return sum;
}

/* How far a linear entry is outside. dual: of the dual cone, in which free and zero change places. */
static double outside_linear(cone_kind kind, bool dual, double v)
{
    if (kind == CONE_PLUS || kind == CONE_MINUS) {
        return positive(kind == CONE_PLUS ? -v : v);
    }
    return (kind == CONE_ZERO) != dual ? positive(fabs(v)) : 0.0;
}

/* Relative to the scale of its rows. A rotated cone is judged by its quadratic form, so that the epigraph of a square
 * is held to a part of its value, however large: 2 v0 v1 - norm(rest)^2 against its terms. */
static double outside_cone(cone_kind kind, const double *v, const double *scale, size_t size)
{
    double most = 0.0;

    for (size_t i = 0; i < size; i++) {
        most = fmax(most, scale[i]);
    }
    if (kind == CONE_QUADRATIC) {
        return positive(sqrt(tail_square(v, 1, size)) - v[0]) / most;
    } else {
        double square = tail_square(v, 2, size);

        return fmax(fmax(positive(-v[0]) / scale[0], positive(-v[1]) / scale[1]),
                    positive(square - 2.0 * v[0] * v[1]) / (square + 2.0 * scale[0] * scale[1]));
    }
}

/* Distance but for a factor of 2, in the units of the numbers. */
static double distance_of_cone(cone_kind kind, const double *v, size_t size)
{
    if (kind == CONE_QUADRATIC) {
        return positive(sqrt(tail_square(v, 1, size)) - v[0]);
    } else {
        double square = tail_square(v, 2, size), head = (v[0] + v[1]) * sqrt(0.5);

        return positive(hypot((v[0] - v[1]) * sqrt(0.5), sqrt(square)) - head);
    }
}

/* The largest violation of the cones, each relative to its scale (absolute: as it is). */
static double worst(const sums *of, const cone_block *block, size_t blocks, bool dual, bool absolute)
{
    double most = 0.0;

    for (size_t i = 0, at = 0; i < blocks; at += block[i++].size) {
        if (block[i].kind >= CONE_QUADRATIC) {
            const double *v = of->value + at;
            double out = absolute ? distance_of_cone(block[i].kind, v, block[i].size)
                                  : outside_cone(block[i].kind, v, of->scale + at, block[i].size);

            most = fmax(most, out);
            continue;
        }
        for (size_t k = at; k < at + block[i].size; k++) {
            most = fmax(most, outside_linear(block[i].kind, dual, of->value[k]) / (absolute ? 1.0 : of->scale[k]));
        }
    }
    return most;
}

/* ---------------------------------------------------------------------------- judgement ---- */

typedef struct solution {
    const char *status, *stop_reason;
    double iterations, seconds, objective;
    double *x, *multipliers; /* NULL when absent or of another length */
} solution;

typedef struct measures {
    double objective, primal, dual, gap, certificate;
} measures;

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

static void measure_point(const plain_cbf *cbf, const solution *s, measures *is)
{
    sums rows = rows_of(cbf, s->x, 1.0),
         variables = numbers_of(s->x, cbf->n, cbf->variables, cbf->variable_blocks, 1.0);

    is->objective = dot(cbf->c, s->x, cbf->n) + cbf->c0;
    is->primal = fmax(worst(&rows, cbf->rows, cbf->row_blocks, false, false),
                      worst(&variables, cbf->variables, cbf->variable_blocks, false, false));
    sums_free(&rows);
    sums_free(&variables);
}

static void measure_dual(const plain_cbf *cbf, const solution *s, measures *is)
{
    double largest = 0.0, sign = cbf->maximises ? -1.0 : 1.0, dual;
    sums columns = columns_of(cbf, s->multipliers, 1.0), multipliers;

    for (size_t i = 0; i < cbf->m; i++) {
        largest = fmax(largest, fabs(s->multipliers[i]));
    }
    multipliers = numbers_of(s->multipliers, cbf->m, cbf->rows, cbf->row_blocks, largest > 0.0 ? 1e-10 * largest : 1.0);
    is->dual = fmax(worst(&columns, cbf->variables, cbf->variable_blocks, true, false),
                    worst(&multipliers, cbf->rows, cbf->row_blocks, true, false));
    dual = cbf->c0 - sign * dot(cbf->b, s->multipliers, cbf->m);
    is->gap = fabs(is->objective - dual) / (1.0 + fmax(fabs(is->objective), fabs(is->objective - cbf->c0)));
    sums_free(&columns);
    sums_free(&multipliers);
}

/* -A'u in the dual cone of the variables, u in that of the rows, relative to -b'u; infinite when b'u is not negative.
 */
static double primal_certificate(const plain_cbf *cbf, const solution *s)
{
    sums columns = columns_of(cbf, s->multipliers, 0.0);
    sums multipliers = numbers_of(s->multipliers, cbf->m, cbf->rows, cbf->row_blocks, 1.0);
    double value = -dot(cbf->b, s->multipliers, cbf->m);
    double outside = fmax(worst(&columns, cbf->variables, cbf->variable_blocks, true, true),
                          worst(&multipliers, cbf->rows, cbf->row_blocks, true, true));

    sums_free(&columns);
    sums_free(&multipliers);
    return value > 0.0 ? outside / value : INFINITY;
}

/* A x in the cones of the rows, x in those of the variables, relative to -c'x. */
static double ray_certificate(const plain_cbf *cbf, const solution *s)
{
    sums rows = rows_of(cbf, s->x, 0.0);
    sums variables = numbers_of(s->x, cbf->n, cbf->variables, cbf->variable_blocks, 1.0);
    double value = (cbf->maximises ? 1.0 : -1.0) * dot(cbf->c, s->x, cbf->n);
    double outside = fmax(worst(&rows, cbf->rows, cbf->row_blocks, false, true),
                          worst(&variables, cbf->variables, cbf->variable_blocks, false, true));

    sums_free(&rows);
    sums_free(&variables);
    return value > 0.0 ? outside / value : INFINITY;
}

/* A certificate is right when it proves something true: also a ray of an infeasible problem. It is wrong when the
 * problem has an optimum, loose when it proves too little. */
static const char *judge_certificate(const plain_cbf *cbf, const solution *s, const char *answer, measures *is)
{
    bool ray = strcmp(s->status, "dual_infeasible") == 0;

    if (ray ? s->x != NULL : s->multipliers != NULL) {
        is->certificate = ray ? ray_certificate(cbf, s) : primal_certificate(cbf, s);
    }
    if (strcmp(answer, "optimal") == 0 || (!ray && strcmp(answer, "dual_infeasible") == 0)) {
        return "wrong";
    }
    return is->certificate <= certificate_tolerance ? "right" : "loose";
}

static double objective_error(const measures *is, double optimum)
{
    return fabs(is->objective - optimum) / fmax(1.0, fabs(optimum));
}

static const char *judge_point(const solution *s, const char *answer, double optimum, const measures *is)
{
    bool inaccurate = strcmp(s->status, "inaccurate") == 0;
    double promise = inaccurate ? inaccurate_promise : optimal_promise;
    double residual = fmax(fmax(is->primal, is->dual), is->gap);

    if (!inaccurate && (strcmp(answer, "optimal") != 0 || objective_error(is, optimum) > objective_tolerance)) {
        return "wrong";
    }
    if (!s->x || !s->multipliers || !(residual <= promise) ||
        !(fabs(s->objective - is->objective) <= promise * (1.0 + fabs(is->objective)))) {
        return "loose";
    }
    return inaccurate ? "inaccurate" : "right";
}

static const char *judge(const plain_cbf *cbf, const solution *s, const char *answer, double optimum, measures *is)
{
    bool infeasible = strstr(s->status, "infeasible") != NULL;

    *is = (measures){NAN, NAN, NAN, NAN, NAN};
    if (infeasible) {
        return judge_certificate(cbf, s, answer, is);
    }
    if (s->x) {
        measure_point(cbf, s, is);
    }
    if (s->x && s->multipliers) {
        measure_dual(cbf, s, is);
    }
    if (strcmp(s->status, "optimal") == 0 || strcmp(s->status, "inaccurate") == 0) {
        return judge_point(s, answer, optimum, is);
    }
    if (strcmp(s->status, "iteration_limit") == 0) {
        return "limit";
    }
    return strcmp(s->status, "time_limit") == 0 ? "time_limit" : "failed";
}

/* -------------------------------------------------------------------------------- input ---- */

/* The whole file, ended by a zero; NULL when it cannot be read. */
static char *read_text(const char *path)
{
    FILE *stream = fopen(path, "re");
    char *text = NULL;
    long size;

    if (stream && fseek(stream, 0, SEEK_END) == 0 && (size = ftell(stream)) >= 0) {
        rewind(stream);
        text = calloc((size_t)size + 1, 1);
        if (text && fread(text, 1, (size_t)size, stream) != (size_t)size) {
            free(text);
            text = NULL;
        }
    }
    if (stream) {
        fclose(stream);
    }
    return text;
}

static double number_of(const cJSON *json, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

static const char *text_of(const cJSON *json, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);

    return cJSON_IsString(item) ? item->valuestring : NULL;
}

/* NULL when the vector is absent, or not of that length. An entry that is no number is NaN. */
static double *vector_of(const cJSON *json, const char *key, size_t length)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key), *entry;
    double *v;
    size_t i = 0;

    if (!cJSON_IsArray(item) || (size_t)cJSON_GetArraySize(item) != length) {
        return NULL;
    }
    v = calloc(length + 1, sizeof *v);
    cJSON_ArrayForEach(entry, item)
    {
        if (v) {
            v[i++] = cJSON_IsNumber(entry) ? entry->valuedouble : NAN;
        }
    }
    return v;
}

static void print_number(double value)
{
    if (isnan(value)) {
        printf("\t-");
    } else {
        printf("\t%.3g", value);
    }
}

static void print_line(const char *verdict, const solution *s, const measures *is, double optimum)
{
    printf("%s\t%s\t%.0f\t%.6f\t", verdict, s->status, s->iterations, s->seconds);
    if (isnan(is->objective)) {
        printf("-");
    } else {
        printf("%.12g", is->objective);
    }
    print_number(objective_error(is, optimum));
    print_number(is->primal);
    print_number(is->dual);
    print_number(is->gap);
    print_number(is->certificate);
    printf("\t%s\n", s->stop_reason && s->stop_reason[0] ? s->stop_reason : "-");
}

int main(int argc, char **argv)
{
    plain_cbf cbf;
    char *text = argc >= 4 ? read_text(argv[2]) : NULL;
    cJSON *json = text ? cJSON_Parse(text) : NULL;
    solution s = {.status = json ? text_of(json, "status") : NULL};
    double optimum = argc > 4 && argv[4][0] ? strtod(argv[4], NULL) : NAN;
    measures is;

    if (!s.status || !plain_cbf_read(argv[1], &cbf)) {
        fprintf(stderr, "usage: check_solution FILE.cbf SOLUTION.json ANSWER [OBJECTIVE]\n");
        cJSON_Delete(json);
        free(text);
        return 2;
    }
    s.stop_reason = text_of(json, "stop_reason");
    s.iterations = number_of(json, "iterations");
    s.seconds = number_of(json, "setup_seconds") + number_of(json, "solve_seconds");
    s.objective = number_of(json, "primal_objective");
    s.x = vector_of(json, "x", cbf.n);
    s.multipliers = vector_of(json, "multipliers", cbf.m);
    print_line(judge(&cbf, &s, argv[3], optimum, &is), &s, &is, optimum);
    free(s.x);
    free(s.multipliers);
    plain_cbf_free(&cbf);
    cJSON_Delete(json);
    free(text);
    return EXIT_SUCCESS;
}

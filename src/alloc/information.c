/* What sensing asks of the powers of a drop, as data in the units of the problem. docs/model.md (M28) */
#include "alloc/information.h"

#include "alloc/rounded.h"

#include <math.h>

/* Relative: path gains that differ from a product of two vectors by so much are one. */
static const double RANK_ROUNDING = 1e-12;

double information_least_snr(const cfi_system *system)
{
    const cfi_sensing *sensing = &system->sensing;

    return detection_least_snr(sensing->detection_threshold, sensing->false_alarm_probability, sensing->swerling);
}

/* ---------------------------------------------------------------------------- building ---- */

typedef struct information_job {
    const cfi_link *link;
    double unit_w;
    double position_m; /* what the position is held to */
    cfi_arena *arena;
    alloc_information *out;
} information_job;

/* The threshold on the angle at AP l; 1 rad^2 where there is none. */
static double angle_need(const information_job *job, size_t l)
{
    const double *threshold = job->link->system->sensing.crlb_threshold_rad2;

    return threshold ? threshold[l] : 1.0;
}

static cfi_status information_out_of_memory(size_t L, cfi_error *error)
{
    return error_set(error, CFI_NO_MEMORY, "out of memory for the sensing constraints of %zu access points", L);
}

static bool list_idle(const information_job *job)
{
    bool *idle = arena_alloc(job->arena, job->link->L, sizeof *idle);

    for (size_t l = 0; idle && l < job->link->L; l++) {
        idle[l] = !link_has_users(job->link, l);
    }
    job->out->idle = idle;
    return idle;
}

/* Two numbers an access point, of which the first is 0 where nobody is served. */
static bool add_own_information(const information_job *job, information_kind kind, const double *comm,
                                const double *sens, const double *per_need)
{
    size_t L = job->link->L;
    double *x = arena_alloc(job->arena, 2 * L, sizeof *x);

    for (size_t l = 0; x && l < L; l++) {
        x[l] = job->out->idle[l] ? 0.0 : problem_rounded_down(comm[l] * per_need[l]);
        x[L + l] = problem_rounded_down(sens[l] * per_need[l]);
    }
    if (x) {
        job->out->own[job->out->owns++] = (information_own){.kind = kind, .x = x, .s = x + L};
    }
    return x;
}

/* Of the own echoes, what is known of angles. */
static bool add_own_angles(const information_job *job)
{
    const cfi_link *link = job->link;
    double *per_need = arena_alloc(job->arena, link->L, sizeof *per_need);

    for (size_t l = 0; per_need && l < link->L; l++) {
        per_need[l] = job->unit_w * angle_need(job, l);
    }
    return per_need && add_own_information(job, INFORMATION_ANGLE, link->own_echo.comm, link->own_echo.sens, per_need);
}

/* lambda_l = M T abs(alpha_ll)^2 (x_l + N s_l) / sigma_s^2 of a unit of power, over what is needed. */
static bool add_detection(const information_job *job)
{
    const cfi_link *link = job->link;
    const cfi_system *system = link->system;
    double least = information_least_snr(system), factor;
    double *row = arena_alloc(job->arena, 3 * link->L, sizeof *row);

    if (!row || isnan(least)) {
        return false;
    }
    if (!(least > 0.0)) { /* guessing is enough */
        return row;
    }
    factor = job->unit_w * (double)(system->M * system->frame.T) / system->power.sensing_noise_w / least;
    for (size_t l = 0; l < link->L; l++) {
        row[l] = factor * link_path_power(link, l, l);
        row[link->L + l] = row[l] * (double)system->N;
        row[2 * link->L + l] = 1.0;
    }
    return add_own_information(job, INFORMATION_DETECTION, row, row + link->L, row + 2 * link->L);
}

/* Whether abs(alpha_lp)^2 is a product of a number of l and one of p, those of row l0 and column p0, which are where
 * the largest one stands. */
static bool has_rank_one(const cfi_link *link, size_t *l0, size_t *p0)
{
    size_t L = link->L;
    double largest = -1.0;

    *l0 = *p0 = 0;
    for (size_t i = 0; !link->echoes.equal_paths && i < L * L; i++) {
        double power = link_path_power(link, i % L, i / L);

        if (power > largest) {
            largest = power;
            *l0 = i % L;
            *p0 = i / L;
        }
    }
    for (size_t i = 0; !link->echoes.equal_paths && i < L * L; i++) {
        double product = link_path_power(link, i % L, *p0) * (link_path_power(link, *l0, i / L) / largest);

        if (fabs(link_path_power(link, i % L, i / L) - product) > RANK_ROUNDING * product) {
            return false;
        }
    }
    return true;
}

/* Weights of one functional from the paths to receiver p; returns what the largest weight was times beam. */
static double fill_weights(const information_job *job, size_t p, double *weight)
{
    double beam = job->out->beam, largest = 0.0;

    for (size_t l = 0; l < job->link->L; l++) {
        largest = fmax(largest, link_path_power(job->link, l, p));
    }
    for (size_t l = 0; l < job->link->L; l++) {
        weight[l] = largest > 0.0 ? problem_rounded_down(link_path_power(job->link, l, p) / largest / beam) : 0.0;
    }
    return largest * beam;
}

/* a_p f + b_p x_p >= 1 */
static bool add_shared_angles(const information_job *job)
{
    const cfi_link *link = job->link;
    size_t L = link->L, l0, p0;
    bool one = has_rank_one(link, &l0, &p0);
    double *weight = arena_alloc(job->arena, one ? L : L * L, sizeof *weight);
    double *a = arena_alloc(job->arena, 2 * L, sizeof *a), most;

    if (!weight || !a) {
        return false;
    }
    most = fill_weights(job, one ? p0 : 0, weight);
    for (size_t p = 0; p < L; p++) {
        double per_need = job->unit_w * angle_need(job, p);

        if (!one) {
            most = fill_weights(job, p, weight + L * p);
        }
        a[p] = link->echoes.arrival[p] * per_need * most;
        if (one && link_path_power(link, l0, p0) > 0.0) {
            a[p] *= link_path_power(link, l0, p) / link_path_power(link, l0, p0);
        }
        a[p] = problem_rounded_down(a[p]);
        a[L + p] = job->out->idle[p] ? 0.0 : problem_rounded_down(link->echoes.departure[p] * per_need);
    }
    job->out->functionals = one ? 1 : L;
    job->out->weight = weight;
    job->out->a = a;
    job->out->b = a + L;
    return true;
}

/* Of the position, while it is put together: directions in which angles turn, of unit length and then in the axes and
 * units of J, and what is known of the angle of each access point at equal powers. */
typedef struct position_job {
    const information_job *job;
    double scale;     /* of information in 1 / m^2 */
    double *turn;     /* 2 x L */
    double *at_equal; /* L */
} position_job;

/* abs(alpha_lp)^2 arrival_p, of a unit of power of AP l, over what is needed. Factors are rounded, and not matrices:
 * sums of these are semidefinite, and as exact as their factors however nearly singular they are. */
static double light_factor(const position_job *position, size_t l, size_t p)
{
    const cfi_link *link = position->job->link;
    const double *e = link->turn + 2 * p;

    return problem_rounded_down(position->scale * (e[0] * e[0] + e[1] * e[1]) * link->echoes.arrival[p] *
                                link_path_power(link, l, p));
}

/* Factors of along_l, and directions. */
static void fill_along(const position_job *position, bool own, double *x, double *s)
{
    const cfi_link *link = position->job->link;

    for (size_t l = 0; l < link->L; l++) {
        const double *e = link->turn + 2 * l;
        double square = e[0] * e[0] + e[1] * e[1], comm = own ? link->own_echo.comm[l] : link->echoes.departure_all[l];

        x[l] = position->job->out->idle[l] ? 0.0 : problem_rounded_down(position->scale * square * comm);
        s[l] = own ? problem_rounded_down(position->scale * square * link->own_echo.sens[l]) : 0.0;
        position->turn[2 * l] = e[0] / sqrt(square);
        position->turn[2 * l + 1] = e[1] / sqrt(square);
    }
}

/* Half of a unit of power at each access point for users, half in the beam. */
static void fill_at_equal(const position_job *position, bool own, const double *x, const double *s)
{
    size_t L = position->job->link->L;
    double lit = 0.5 * (1.0 + position->job->out->beam);

    for (size_t p = 0; p < L; p++) {
        position->at_equal[p] = 0.5 * (x[p] + s[p]);
        for (size_t l = 0; !own && l < L; l++) {
            position->at_equal[p] += lit * light_factor(position, l, p);
        }
    }
}

/* Turns directions into the axes of J at equal powers, where it is diagonal: sums of squares, each of which is exact.
 */
static void turn_to_axes(const position_job *position)
{
    alloc_information *out = position->job->out;
    double J[3] = {0.0}, unit[2] = {0.0}, angle;

    for (size_t l = 0; l < out->L; l++) {
        const double *e = position->turn + 2 * l;

        J[0] += position->at_equal[l] * e[0] * e[0];
        J[1] += position->at_equal[l] * e[0] * e[1];
        J[2] += position->at_equal[l] * e[1] * e[1];
    }
    angle = 0.5 * atan2(2.0 * J[1], J[0] - J[2]);
    for (size_t l = 0; l < out->L; l++) {
        double *e = position->turn + 2 * l, first = cos(angle) * e[0] + sin(angle) * e[1];

        e[1] = cos(angle) * e[1] - sin(angle) * e[0];
        e[0] = first;
        unit[0] += position->at_equal[l] * e[0] * e[0];
        unit[1] += position->at_equal[l] * e[1] * e[1];
    }
    out->in_line = !(unit[1] > CFI_IN_LINE * unit[0] && unit[0] > CFI_IN_LINE * unit[1]);
    for (size_t i = 0; i < 2; i++) {
        out->ease[i] = out->in_line ? 1.0 : 1.0 / unit[i];
        for (size_t l = 0; l < out->L; l++) {
            position->turn[2 * l + i] *= sqrt(out->ease[i]);
        }
    }
}

/* matrix += factor g g' */
static void add_direction(double factor, const double g[2], double matrix[3])
{
    matrix[0] += factor * g[0] * g[0];
    matrix[1] += factor * g[0] * g[1];
    matrix[2] += factor * g[1] * g[1];
}

static bool add_position(const information_job *job)
{
    const cfi_link *link = job->link;
    const cfi_sensing *sensing = &link->system->sensing;
    size_t L = link->L;
    bool own = sensing->crlb_model != CFI_CRLB_NONCOHERENT;
    double *x = arena_alloc(job->arena, L, sizeof *x), *s = arena_alloc(job->arena, L, sizeof *s);
    double *along = arena_zeros(job->arena, 3 * L, sizeof *along);
    double *light = own ? along : arena_zeros(job->arena, 3 * L, sizeof *light);
    position_job position = {.job = job,
                             .scale = job->unit_w * job->position_m * job->position_m,
                             .turn = arena_alloc(job->arena, 2 * L, sizeof(double)),
                             .at_equal = arena_alloc(job->arena, L, sizeof(double))};

    if (!x || !s || !along || !light || !position.turn || !position.at_equal) {
        return false;
    }
    fill_along(&position, own, x, s);
    fill_at_equal(&position, own, x, s);
    turn_to_axes(&position);
    for (size_t l = 0; l < L; l++) {
        add_direction(1.0, position.turn + 2 * l, along + 3 * l);
        for (size_t p = 0; !own && p < L; p++) {
            add_direction(light_factor(&position, l, p), position.turn + 2 * p, light + 3 * l);
        }
    }
    job->out->position = true;
    job->out->position_x = x;
    job->out->position_s = s;
    job->out->along = along;
    job->out->light = own ? NULL : light;
    return true;
}

static cfi_status check_link_for(const cfi_link *link, unsigned kinds, cfi_error *error)
{
    const cfi_sensing *sensing = &link->system->sensing;
    bool judged = kinds >> INFORMATION_ANGLE & 1 || kinds >> INFORMATION_POSITION & 1;

    if (link->directions.aim && kinds != 0) {
        return error_set(error, CFI_INVALID,
                         "signals that have directions can be held to angle thresholds on own echoes only");
    }
    if (sensing->crlb_model == CFI_CRLB_MULTISTATIC && judged) {
        return error_set(error, CFI_INVALID, "the allocation takes no thresholds on the multistatic bound");
    }
    if ((kinds >> INFORMATION_POSITION & 1) && !link->turn) {
        return error_set(error, CFI_INVALID, "a position threshold needs a target at a place");
    }
    return CFI_OK;
}

unsigned information_asked(const cfi_system *system)
{
    const cfi_sensing *sensing = &system->sensing;

    return (system_angle_thresholds(system) ? 1U << INFORMATION_ANGLE : 0U) |
           (sensing->detection_threshold > 0.0 ? 1U << INFORMATION_DETECTION : 0U) |
           (sensing->position_threshold_m > 0.0 ? 1U << INFORMATION_POSITION : 0U);
}

cfi_status information_build_kinds(const cfi_link *link, unsigned kinds, double unit_w, cfi_arena *arena,
                                   alloc_information *out, cfi_error *error)
{
    const cfi_sensing *sensing = &link->system->sensing;
    information_job job = {.link = link,
                           .unit_w = unit_w,
                           .position_m = sensing->position_threshold_m > 0.0 ? sensing->position_threshold_m : 1.0,
                           .arena = arena,
                           .out = out};
    cfi_status status = check_link_for(link, kinds, error);
    bool made;

    *out = (alloc_information){.L = link->L, .beam = (double)link->system->N};
    if (status != CFI_OK) {
        return status;
    }
    made = list_idle(&job);
    if (made && kinds >> INFORMATION_ANGLE & 1) {
        made = sensing->crlb_model == CFI_CRLB_NONCOHERENT ? add_shared_angles(&job) : add_own_angles(&job);
    }
    if (made && kinds >> INFORMATION_DETECTION & 1) {
        made = add_detection(&job);
    }
    if (made && kinds >> INFORMATION_POSITION & 1) {
        made = add_position(&job);
    }
    return made ? CFI_OK : information_out_of_memory(link->L, error);
}

/* -------------------------------------------------------------------------- evaluation ---- */

double information_lit(const alloc_information *information, size_t q, const double *x, const double *s)
{
    const double *weight = information->weight + information->L * q;
    double sum = 0.0;

    for (size_t l = 0; l < information->L; l++) {
        sum += weight[l] * (x[l] + information->beam * s[l]);
    }
    return sum;
}

void information_matrix(const alloc_information *information, const double *x, const double *s, double J[3])
{
    for (size_t i = 0; i < 3; i++) {
        J[i] = 0.0;
        for (size_t l = 0; information->position && l < information->L; l++) {
            double own = information->position_x[l] * x[l] + information->position_s[l] * s[l];

            J[i] += own * information->along[3 * l + i];
            if (information->light) {
                J[i] += (x[l] + information->beam * s[l]) * information->light[3 * l + i];
            }
        }
    }
}

double information_of_position(const alloc_information *information, const double J[3])
{
    double determinant = J[0] * J[2] - J[1] * J[1], trace = information->ease[0] * J[2] + information->ease[1] * J[0];

    return determinant > 0.0 && trace > 0.0 && !information->in_line ? determinant / trace : 0.0;
}

void information_evaluate(const alloc_information *information, const double *x, const double *s,
                          information_values *out)
{
    size_t L = information->L;
    double *row = out->row, lit = 0.0;

    for (size_t i = 0; i < information->owns; i++, row += L) {
        for (size_t l = 0; l < L; l++) {
            row[l] = information->own[i].x[l] * x[l] + information->own[i].s[l] * s[l];
        }
    }
    for (size_t p = 0; information->functionals > 0 && p < L; p++) {
        if (p == 0 || information->functionals > 1) {
            lit = information_lit(information, p, x, s);
        }
        row[p] = information->a[p] * lit + information->b[p] * x[p];
    }
    information_matrix(information, x, s, out->J);
}

/* The least of L numbers of a mix. */
static double least_mixed(size_t L, const double *from, const double *to, double share)
{
    double least = INFINITY;

    for (size_t l = 0; l < L; l++) {
        least = fmin(least, from[l] + share * (to[l] - from[l]));
    }
    return least;
}

double information_margin(const alloc_information *information, unsigned asked, const information_values *from,
                          const information_values *to, double share)
{
    size_t L = information->L, at = 0;
    double margin = INFINITY;

    for (size_t i = 0; i < information->owns; i++, at += L) {
        if (asked >> information->own[i].kind & 1) {
            margin = fmin(margin, least_mixed(L, from->row + at, to->row + at, share));
        }
    }
    if (information->functionals > 0 && (asked >> INFORMATION_ANGLE & 1)) {
        margin = fmin(margin, least_mixed(L, from->row + at, to->row + at, share));
    }
    if (information->position && (asked >> INFORMATION_POSITION & 1)) {
        double J[3];

        for (size_t i = 0; i < 3; i++) {
            J[i] = from->J[i] + share * (to->J[i] - from->J[i]);
        }
        margin = fmin(margin, information_of_position(information, J));
    }
    return margin;
}

/* ------------------------------------------------------------------------- the cone ---- */

information_frame information_axes(const alloc_information *information, const double A[3], double least)
{
    double angle = 0.5 * atan2(2.0 * A[1], A[0] - A[2]), trace = A[0] + A[2], turned[3];
    information_frame frame = {.cosine = cos(angle), .sine = sin(angle), .unit = {1.0, 1.0}};

    information_in_frame(&frame, A, turned);
    frame.unit[0] = fmax(turned[0], least * trace);
    frame.unit[1] = fmax(turned[2], least * trace);
    information_in_frame(&frame, (double[3]){information->ease[0], 0.0, information->ease[1]}, frame.W);
    frame.root = sqrt(information->ease[0] * information->ease[1] / (frame.unit[0] * frame.unit[1]));
    return frame;
}

void information_in_frame(const information_frame *frame, const double J[3], double out[3])
{
    double c = frame->cosine, s = frame->sine;

    out[0] = (c * c * J[0] + 2.0 * c * s * J[1] + s * s * J[2]) / frame->unit[0];
    out[1] = (c * s * (J[2] - J[0]) + (c * c - s * s) * J[1]) / sqrt(frame->unit[0] * frame->unit[1]);
    out[2] = (s * s * J[0] - 2.0 * c * s * J[1] + c * c * J[2]) / frame->unit[1];
}

/* The printed table's rows, one a drop: the sum rate beside those of the splits and its simulation; or, where the
 * allocation is after something else, that beside what it costs. A column is a row of a table here. */
#include "base/paragraph.h"
#include "base/wrap.h"
#include "report/cell.h"
#include "report/drop_values.h"
#include "report/grid.h"
#include "report/odd_drops.h"
#include "report/table_page.h"
#include "report/user_rates.h"

#include <limits.h>
#include <math.h>

enum { DROPS_SHOWN = 20 }; /* no more than GRID_ROWS */

const char *page_paint(const page *p, const char *code)
{
    return p->colour ? code : "";
}

bool page_has_objective(const page *p)
{
    return p->system->allocation.method == CFI_METHOD_SCA && p->system->allocation.objective != CFI_SUM_RATE;
}

bool page_has_weights(const page *p)
{
    const cfi_allocation_settings *allocation = &p->system->allocation;

    return allocation->method == CFI_METHOD_SCA && allocation->weights &&
           allocation->objective <= CFI_PROPORTIONAL_FAIR; /* those of rates */
}

/* A column of the rows. */
typedef struct row_column {
    const char *above, *name; /* of its head; NULL: head fills it in */
    void (*head)(const page *p, grid_head *head);
    void (*put)(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH]);
    bool (*wanted)(const page *p); /* NULL: always */
    bool left, close;
    unsigned rank; /* where there is no room the columns of the largest rank go; 0: never */
} row_column;

bool page_split_violates(const cfi_reference *split)
{
    return split->available && odd_violation(split->max_constraint_violation);
}

static bool any_violation(const cfi_results *results)
{
    for (size_t i = 0; i < results->count; i++) {
        if (page_split_violates(&results->record[i].equal) || page_split_violates(&results->record[i].heuristic)) {
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------------------- the heads ---- */

static void head_rates(const page *p, grid_head *head)
{
    snprintf(head->above, sizeof head->above, "%s",
             drops_worst_link(p->results) ? "sum rate, simulated" : "sum rate, bit/s/Hz");
}

static void head_method(const page *p, grid_head *head)
{
    head_rates(p, head);
    snprintf(head->name, sizeof head->name, "%s", method_name(p->system->allocation.method));
}

static void head_other_form(const page *p, grid_head *head)
{
    head_rates(p, head);
    snprintf(head->name, sizeof head->name, "%s", p->system->rate_model == CFI_RATE_THEOREM1 ? "exact" : "theorem 1");
}

static void head_objective(const page *p, grid_head *head)
{
    snprintf(head->name, sizeof head->name, "%s", drops_objective(p->results)->unit);
}

/* --------------------------------------------------------------------- which are wanted ---- */

/* The method's own column has the split that it is. */
static bool is_not_equal_split(const page *p)
{
    return p->system->allocation.method != CFI_METHOD_EQUAL;
}

static bool is_not_heuristic_split(const page *p)
{
    return p->system->allocation.method != CFI_METHOD_HEURISTIC;
}

static bool has_other_form(const page *p)
{
    return p->theorem1_differs;
}

static bool is_simulated(const page *p)
{
    return p->system->monte_carlo.realizations > 0;
}

static bool has_iterations(const page *p)
{
    return p->system->allocation.method == CFI_METHOD_SCA;
}

/* --------------------------------------------------------------------------------- the cells ---- */

static void put_index(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    (void)p;
    (void)width;
    snprintf(text, CELL_LENGTH, "%u", record->index);
}

/* A split that breaks a constraint is no rival: it is marked. */
static void put_split(const page *p, const cfi_reference *split, int width, char text[CELL_LENGTH])
{
    const char *mark = any_violation(p->results) ? " " : "";
    char rate[CELL_LENGTH];

    cell_small(rate, split->available ? split->sum_rate_bit_s_hz : NAN, 3, width);
    snprintf(text, CELL_LENGTH, "%.*s%s", CELL_LENGTH - 2, rate, page_split_violates(split) ? "*" : mark);
}

static void put_equal(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    put_split(p, &record->equal, width, text);
}

static void put_heuristic(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    put_split(p, &record->heuristic, width, text);
}

static void put_sum_rate(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    (void)p;
    cell_small(text, drop_sum_rate(record), 3, width);
}

/* A method that is a split is marked as that. */
static void put_method(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    if (!is_not_equal_split(p)) {
        put_equal(p, record, width, text);
    } else if (!is_not_heuristic_split(p)) {
        put_heuristic(p, record, width, text);
    } else {
        put_sum_rate(p, record, width, text);
    }
}

/* By the rate formula that the scenario does not use. */
static void put_other_form(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    bool exact = p->system->rate_model == CFI_RATE_THEOREM1;

    cell_small(text, exact ? drop_sum_rate_exact(record) : drop_sum_rate_theorem1(record), 3, width);
}

static void put_monte_carlo(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    (void)p;
    cell_small(text, drop_sum_rate_monte_carlo(record), 3, width);
}

static void put_std_error(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    char error[CELL_LENGTH];

    (void)p;
    *text = '\0';
    if (!record->has_monte_carlo) {
        return;
    }
    cell_small(error, drop_sum_rate_std_error(record), 3, width);
    snprintf(text, CELL_LENGTH, "+- %.*s", CELL_LENGTH - 4, error);
}

static void put_z(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    (void)p;
    cell_number(text, drop_sum_rate_z(record), 1, width);
}

static void put_bound(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    (void)p;
    cell_number(text, drop_worst_crlb_db(record), 2, width);
}

static void put_iterations(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    (void)p;
    cell_number(text, drop_iterations(record), 0, width);
}

static void put_status(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    (void)p;
    (void)width;
    snprintf(text, CELL_LENGTH, "%s",
             record->status == CFI_DROP_OK ? alloc_status_name(record->allocation.status)
                                           : drop_status_name(record->status));
}

static void put_objective(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    (void)p;
    cell_digits(text, drop_objective(record), 6, width);
}

static void put_objective_gap(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    (void)p;
    cell_digits(text, drop_objective_gap(record), 2, width);
}

static void put_least_rate(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    (void)p;
    cell_small(text, user_rates_least(record), 3, width);
}

static void put_power(const page *p, const cfi_record *record, int width, char text[CELL_LENGTH])
{
    (void)p;
    cell_digits(text, drop_total_power(record), 3, width);
}

/* ------------------------------------------------------------------------------- the columns ---- */

#define SIMULATION "exact by Monte Carlo"

static const row_column of_sum_rate[] = {
    {.name = "drop", .put = put_index},
    {.name = "equal", .head = head_rates, .put = put_equal, .wanted = is_not_equal_split, .rank = 1},
    {.name = "heuristic", .head = head_rates, .put = put_heuristic, .wanted = is_not_heuristic_split, .rank = 2},
    {.head = head_method, .put = put_method},
    {.head = head_other_form, .put = put_other_form, .wanted = has_other_form},
    {.above = SIMULATION, .name = "mean", .put = put_monte_carlo, .wanted = is_simulated},
    {.above = SIMULATION, .name = "+- s.e.", .put = put_std_error, .wanted = is_simulated, .left = true, .close = true},
    {.above = SIMULATION, .name = "z", .put = put_z, .wanted = is_simulated},
    {.above = "bound,", .name = "dB", .put = put_bound},
    {.name = "iter.", .put = put_iterations, .wanted = has_iterations, .rank = 3},
    {.name = "status", .put = put_status, .left = true},
};

static const row_column of_objective[] = {
    {.name = "drop", .put = put_index},
    {.above = "objective", .head = head_objective, .put = put_objective},
    {.above = "proved", .name = "within", .put = put_objective_gap, .rank = 1},
    {.above = "sum rate", .name = "bit/s/Hz", .put = put_sum_rate},
    {.above = "weakest", .name = "bit/s/Hz", .put = put_least_rate},
    {.above = "radiated", .name = "W", .put = put_power},
    {.above = "bound,", .name = "dB", .put = put_bound},
    {.name = "iter.", .put = put_iterations, .rank = 2},
    {.name = "status", .put = put_status, .left = true},
};

/* ---------------------------------------------------------------------------- all of them ---- */

/* The columns that are shown, of a table of them. */
typedef struct shown_columns {
    const row_column *column[GRID_COLUMNS];
    size_t count;
    unsigned most_rank; /* of those that are */
} shown_columns;

static shown_columns choose_columns(const page *p, const row_column *all, size_t count, unsigned most_rank)
{
    shown_columns shown = {.count = 0};

    for (size_t i = 0; i < count; i++) {
        if (all[i].rank <= most_rank && (!all[i].wanted || all[i].wanted(p))) {
            shown.column[shown.count++] = &all[i];
            shown.most_rank = all[i].rank > shown.most_rank ? all[i].rank : shown.most_rank;
        }
    }
    return shown;
}

static const char *paint_of_status(const cfi_record *record)
{
    if (record->status == CFI_DROP_FAILED) {
        return "\033[31m";
    }
    return record->status == CFI_DROP_INFEASIBLE || record->allocation.status == CFI_ALLOC_ITERATION_LIMIT ||
                   record->allocation.status == CFI_ALLOC_INACCURATE
               ? "\033[33m"
               : NULL;
}

static void fill_head(const page *p, const row_column *column, grid_head *head)
{
    *head = (grid_head){.left = column->left, .close = column->close};
    snprintf(head->above, sizeof head->above, "%s", column->above ? column->above : "");
    snprintf(head->name, sizeof head->name, "%s", column->name ? column->name : "");
    if (column->head) {
        column->head(p, head);
    }
}

/* What is filled into the grid. */
typedef struct shown_rows {
    const page *page;
    shown_columns columns;
} shown_rows;

static void fill_rows(const void *context, int width, grid *g)
{
    const shown_rows *shown = context;
    const page *p = shown->page;

    g->columns = shown->columns.count;
    g->rows = p->results->count;
    for (size_t c = 0; c < g->columns; c++) {
        fill_head(p, shown->columns.column[c], &g->head[c]);
        for (size_t r = 0; r < g->rows; r++) {
            char text[CELL_LENGTH];

            shown->columns.column[c]->put(p, &p->results->record[r], width, text);
            snprintf(g->cell[r][c], sizeof g->cell[r][c], "%s", text);
        }
    }
    for (size_t r = 0; r < g->rows; r++) {
        g->paint[r] = paint_of_status(&p->results->record[r]);
    }
}

/* "not shown for want of room: iter., heuristic (drops.csv has them)" */
static void put_no_room(const page *p, const shown_columns *all, unsigned most_rank)
{
    paragraph text = {.used = 0};
    size_t count = 0;

    for (size_t i = 0; i < all->count; i++) {
        grid_head head;

        if (all->column[i]->rank > most_rank) {
            fill_head(p, all->column[i], &head);
            paragraph_add(&text, "%s%s", count++ > 0 ? ", " : "not shown for want of room: ", head.name);
        }
    }
    if (count > 0) {
        paragraph_add(&text, " (drops.csv has %s)", count > 1 ? "them" : "it");
        paragraph_end(&text, 2, p->stream);
    }
}

/* The rows as wide as a page; where there is no room for all of their columns some go, and that is told. */
static void put_rows(const page *p, const row_column *columns, size_t count)
{
    static const unsigned every_rank = UINT_MAX;
    shown_columns all = choose_columns(p, columns, count, every_rank);
    shown_rows shown = {.page = p, .columns = all};
    grid g;

    while (!grid_fit(&g, fill_rows, &shown, WRAP_COLUMNS) && shown.columns.most_rank > 0) {
        shown.columns = choose_columns(p, columns, count, shown.columns.most_rank - 1);
    }
    grid_write(&g, p->colour, p->stream);
    put_no_room(p, &all, shown.columns.most_rank);
}

void page_put_rows(const page *p)
{
    bool objective = page_has_objective(p);

    if (p->results->count > DROPS_SHOWN) {
        fprintf(p->stream, "(%zu drops: drops.csv, or --csv, has a row for each)\n\n", p->results->count);
        return;
    }
    if (objective) {
        put_rows(p, of_objective, sizeof of_objective / sizeof *of_objective);
    } else {
        put_rows(p, of_sum_rate, sizeof of_sum_rate / sizeof *of_sum_rate);
    }
    fprintf(p->stream, "%s\n", !objective && any_violation(p->results) ? "  * violates a constraint\n" : "");
}

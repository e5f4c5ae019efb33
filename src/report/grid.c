/* Columns of a printed table that are as wide as what stands in them. */
#include "report/grid.h"

#include "base/wrap.h"

#include <string.h>

/* Where columns begin and how wide they are. */
typedef struct grid_places {
    size_t start[GRID_COLUMNS], width[GRID_COLUMNS];
} grid_places;

/* The column behind the last of those that share their first line with the one that begins at `from`. */
static size_t shared_end(const grid *g, size_t from)
{
    size_t end = from + 1;

    while (*g->head[from].above && end < g->columns && strcmp(g->head[end].above, g->head[from].above) == 0) {
        end++;
    }
    return end;
}

static size_t widest(const grid *g, size_t column)
{
    size_t width = wrap_characters(g->head[column].name);

    for (size_t r = 0; r < g->rows; r++) {
        size_t own = wrap_characters(g->cell[r][column]);

        width = own > width ? own : width;
    }
    return width;
}

/* Starts of the columns from `from` on, one behind the other. */
static void put_behind(const grid *g, size_t from, grid_places *at)
{
    for (size_t c = from; c < g->columns; c++) {
        at->start[c] = c == 0 ? 0 : at->start[c - 1] + at->width[c - 1] + (g->head[c].close ? 1 : g->gap);
    }
}

static size_t column_end(const grid_places *at, size_t column)
{
    return at->start[column] + at->width[column];
}

/* A first line that is longer than its columns widens the first of them. */
static void place_columns(const grid *g, grid_places *at)
{
    for (size_t c = 0; c < g->columns; c++) {
        at->width[c] = widest(g, c);
    }
    put_behind(g, 0, at);
    for (size_t c = 0, end; c < g->columns; c = end) {
        size_t above = wrap_characters(g->head[c].above), room;

        end = shared_end(g, c);
        room = column_end(at, end - 1) - at->start[c];
        at->width[c] += above > room ? above - room : 0;
        put_behind(g, c + 1, at);
    }
}

static size_t grid_width(const grid *g)
{
    grid_places at = {.start = {0}};

    place_columns(g, &at);
    return g->columns > 0 ? column_end(&at, g->columns - 1) : 0;
}

bool grid_fit(grid *g, grid_filler fill, const void *context, size_t characters)
{
    /* spaces between columns, characters of a number: in eleven there is room for six digits and an exponent, in nine
     * for four decimals of what is below a thousand, in six for two */
    static const struct {
        size_t gap;
        int width;
    } ways[] = {{2, 11}, {1, 11}, {1, 9}, {1, 8}, {1, 7}, {1, 6}};
    bool fits = false;

    for (size_t i = 0; i < sizeof ways / sizeof *ways && !fits; i++) {
        *g = (grid){.gap = ways[i].gap};
        fill(context, ways[i].width, g);
        fits = grid_width(g) <= characters;
    }
    return fits;
}

/* Goes on to a column of the line and writes the text there. */
static void put_at(size_t *column, size_t place, const char *text, FILE *stream)
{
    size_t width = wrap_characters(text);

    if (width > 0) {
        fprintf(stream, "%*s%s", (int)(place - *column), "", text);
        *column = place + width;
    }
}

/* Where a text of a column begins. */
static size_t place_in(const grid *g, const grid_places *at, size_t column, const char *text)
{
    return g->head[column].left ? at->start[column] : column_end(at, column) - wrap_characters(text);
}

/* The first line of the heads: in the middle over several columns. False: there is none. */
static void put_above(const grid *g, const grid_places *at, FILE *stream)
{
    size_t column = 0;

    for (size_t c = 0, end; c < g->columns; c = end) {
        const char *text = g->head[c].above;
        size_t width = wrap_characters(text), place = place_in(g, at, c, text);

        end = shared_end(g, c);
        if (end > c + 1) {
            place = at->start[c] + (column_end(at, end - 1) - at->start[c] - width) / 2;
        }
        put_at(&column, place, text, stream);
    }
    fputs(column > 0 ? "\n" : "", stream);
}

void grid_write(const grid *g, bool colour, FILE *stream)
{
    grid_places at = {.start = {0}};
    size_t column = 0;

    place_columns(g, &at);
    put_above(g, &at, stream);
    fputs(colour ? "\033[1m" : "", stream);
    for (size_t c = 0; c < g->columns; c++) {
        put_at(&column, place_in(g, &at, c, g->head[c].name), g->head[c].name, stream);
    }
    fputs(colour ? "\033[0m\n" : "\n", stream);
    for (size_t r = 0; r < g->rows; r++) {
        bool painted = colour && g->paint[r];

        column = 0;
        for (size_t c = 0; c < g->columns; c++) {
            size_t place = place_in(g, &at, c, g->cell[r][c]);

            fputs(painted && c + 1 == g->columns ? g->paint[r] : "", stream);
            put_at(&column, place, g->cell[r][c], stream);
        }
        fputs(painted ? "\033[0m\n" : "\n", stream);
    }
}

/* Columns of a printed table that are as wide as what stands in them. */
#ifndef CFISAC_REPORT_GRID_H
#define CFISAC_REPORT_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { GRID_COLUMNS = 12, GRID_ROWS = 64, GRID_TEXT = 48 };

/* What heads a column, in two lines; neighbours of the same first line share it. */
typedef struct grid_head {
    char above[GRID_TEXT], name[GRID_TEXT];
    bool left;  /* its texts begin where it does; else they end there */
    bool close; /* a space from the column before it, even where there is room for two */
} grid_head;

/* Cells as text: no more columns and rows than there is room for. */
typedef struct grid {
    size_t columns, rows, gap; /* gap: spaces between columns */
    grid_head head[GRID_COLUMNS];
    char cell[GRID_ROWS][GRID_COLUMNS][GRID_TEXT];
    const char *paint[GRID_ROWS]; /* the escape sequence of a row's last cell; NULL: none */
} grid;

/* Fills heads and cells in, with numbers of at most `width` characters where that is possible. */
typedef void (*grid_filler)(const void *context, int width, grid *g);
/* Fills the grid so that its lines have at most so many characters: with two spaces between columns, or one, and fewer
 * digits where that is not enough. False: they have more all the same. */
bool grid_fit(grid *g, grid_filler fill, const void *context, size_t characters);
/* Heads, in bold where `colour` says so, and rows. */
void grid_write(const grid *g, bool colour, FILE *stream);

#endif

/* Correlation over the antennas of an array from scatterers about a user. docs/model.md (M22).
 *
 * A scatterer at the azimuth phi + delta and the elevation vartheta + epsilon, seen from the array, adds what its
 * steering vector exp(-j pi n sin(phi + delta) cos(vartheta + epsilon)), n = 1..N, says; delta and epsilon are
 * independent and normal. The expectation is a trapezoid rule on both axes. */
#ifndef CFISAC_NETWORK_SCATTERING_H
#define CFISAC_NETWORK_SCATTERING_H

#include "cfisac/base.h"

#include <complex.h>

/* The nodes of one axis. */
typedef struct scattering_rule {
    size_t N;              /* antennas that it is fine enough for */
    size_t points;         /* nodes, up to whole vectors: what is added has no weight */
    double *weight;        /* that add up to 1 */
    double *cosine, *sine; /* of each node */
} scattering_rule;

/* How many nodes there are for N antennas and a standard deviation of spread_rad, and whether they go once round the
 * circle or stand on 17 standard deviations about 0. */
size_t scattering_points(size_t N, double spread_rad, bool *circle);

/* In the arena; false when out of memory. */
bool scattering_make_rule(size_t N, double spread_rad, cfi_arena *arena, scattering_rule *rule);

/* Doubles of work space that scattering_column needs. */
size_t scattering_work(const scattering_rule *rule);

/* First column of the correlation, E exp(-j pi n sin(..) cos(..)) for n = 0..N-1: the correlation of antennas m >= n is
 * column[m - n], and its conjugate the other way circle. 1 at the top. */
void scattering_column(const scattering_rule *rule, double azimuth_rad, double elevation_rad, double *work,
                       double complex *column);

#endif

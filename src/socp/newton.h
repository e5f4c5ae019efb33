/* One step of the interior point on the homogeneous self-dual embedding of the scaled problem. docs/solver.md. */
#ifndef CFISAC_SOCP_NEWTON_H
#define CFISAC_SOCP_NEWTON_H

#include "socp/workspace.h"

/* w->now becomes a start point: x, s from the least-norm primal system, y, z from the dual one, shifted into the cone.
 * False, and w->now NULL, when the system could not be solved. */
bool newton_start(socp_workspace *w);
/* w->now becomes the last optimal point in the new scaling, moved inside the cone: near its boundary steps would be
 * short. */
void newton_warm_start(socp_workspace *w);

/* One iteration from w->now, whose residuals are formed (rt: what form_residuals returned). False on a breakdown. */
bool newton_iterate(socp_workspace *w, double rt);

#endif

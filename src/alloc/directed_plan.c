/* Powers that sense well enough, with signals that have directions. docs/model.md (M12), (M13), (M21) */
#include "alloc/directed.h"

#include <math.h>

double directed_share(const directed_mix *best, size_t k)
{
    double share = 0.0;

    for (size_t i = 0; i < best->count; i++) {
        share += best->stream[i] == k ? best->share[i] : 0.0;
    }
    return share;
}

void directed_keep(directed_plan *plan, const directed_mix *best, size_t beam, double share)
{
    double least = 1.0 / best->information, sensing = directed_share(best, beam);

    plan->keep *= share;
    plan->rest = (1.0 - plan->keep) * least;
    plan->x = share * plan->x + (1.0 - share) * least * (1.0 - sensing);
    plan->s = share * plan->s + (1.0 - share) * least * sensing;
}

double directed_power(const directed_plan *plan, const directed_mix *best, size_t k, double p)
{
    return plan->factor * plan->keep * p + plan->rest * directed_share(best, k);
}

void directed_limit(directed_plan *plan, const directed_mix *best, size_t beam, double limit)
{
    double least = 1.0 / best->information, total = plan->x + plan->s;

    if (!(total < INFINITY)) { /* nothing of this kind is enough */
        *plan = (directed_plan){.factor = 1.0, .keep = 1.0};
        directed_keep(plan, best, beam, 0.0);
    } else if (total > limit) {
        directed_keep(plan, best, beam, fmax((limit - least) / (total - least), 0.0));
    }
}

directed_plan directed_fit(const directed_ap *ap, const directed_mix *best, const cfi_aim *users, double x, double s,
                           double limit)
{
    double beam = fmax(directed_least_beam(ap, users), s), factor = fmax(directed_least_factor(ap, users, s), 1.0);
    directed_plan plan = {.factor = 1.0, .keep = 1.0, .x = x, .s = beam};

    if (x > 0.0 && factor * x + s < x + beam) {
        plan = (directed_plan){.factor = factor, .keep = 1.0, .x = factor * x, .s = s};
    }
    directed_limit(&plan, best, ap->link->K, limit);
    return plan;
}

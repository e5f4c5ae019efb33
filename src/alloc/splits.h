/* What the splits share. docs/model.md (M11), (M12). */
#ifndef CFISAC_ALLOC_SPLITS_H
#define CFISAC_ALLOC_SPLITS_H

#include "alloc/coupled.h"
#include "alloc/sensing.h"

cfi_status splits_out_of_memory(cfi_error *error);
/* AP l spends x watts on its users, in proportion to the mean square of their estimates (equal gamma under maximum
 * ratio), and y on sensing. One without users sends nothing for them. */
void splits_spread(const cfi_link *link, size_t l, double x, double y, cfi_powers *powers);

/* The heuristic split of a drop whose thresholds may be scaled by `least` at least (alloc_least_threshold_factor). With
 * `factor`, L numbers for a split of shares, no powers for users are made: what an access point's shares are to be
 * multiplied by goes there, and the shares to powers->p where they are kept; it is what iterations start at, so that
 * communication power that senses better takes the place of sensing power where there would be no other. Fails as
 * alloc_heuristic. */
cfi_status splits_heuristic(const cfi_link *link, double least, cfi_arena *arena, cfi_powers *powers, double *factor,
                            cfi_error *error);
/* Its powers for users are shares (link_share) times a factor an access point: neither directions nor what couples
 * access points has a say in them. */
bool splits_are_shares(const cfi_link *link);
/* These are so few that they are kept; else they are asked for again. */
bool splits_keep_shares(const cfi_link *link);
/* Makes powers for users of such factors, and of the shares in powers->p where they are kept. */
void splits_make_powers(const cfi_link *link, const double *factor, cfi_powers *powers);

/* The heuristic split of a feasible drop whose signals have directions. Fails: CFI_NO_MEMORY. */
cfi_status splits_directed(const cfi_link *link, cfi_arena *arena, cfi_powers *powers, cfi_error *error);
/* The heuristic split where constraints couple access points: as much of the powers of largest margin as is needed
 * beside the plain split. Fails: CFI_INFEASIBLE, CFI_NO_MEMORY, and splits_coupled as coupled_make. */
cfi_status splits_beside(const cfi_link *link, const alloc_coupled *coupled, cfi_arena *arena, cfi_powers *powers,
                         cfi_error *error);
/* The same of a drop whose constraints are not made yet. */
cfi_status splits_coupled(const cfi_link *link, cfi_arena *arena, cfi_powers *powers, cfi_error *error);

#endif

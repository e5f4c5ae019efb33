/* Users that are on their way to zero in a climb, and back: parts of climb.c. docs/model.md (M19). */
#ifndef CFISAC_ALLOC_CLIMB_USERS_H
#define CFISAC_ALLOC_CLIMB_USERS_H

#include "alloc/climb.h"

/* Silences, in the last answer, users that fade. */
void climb_silence_fading(climb *c);

/* Gives silent users that would grow a little power in the state; true when there are any. */
bool climb_revive_silent(climb *c);

/* What each user counts in the acceleration, by the last state. */
void climb_weigh_users(climb *c);

#endif

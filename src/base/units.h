/* Numbers of units that several rooms need. */
#ifndef CFISAC_BASE_UNITS_H
#define CFISAC_BASE_UNITS_H

/* Nats in a bit. */
static const double LN2 = 0.69314718055994530942;
/* 180 / pi */
static const double DEGREES_PER_RADIAN = 57.295779513082320877;

#endif

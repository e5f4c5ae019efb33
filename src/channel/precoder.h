/* The rows of precoder.c. */
#ifndef CFISAC_CHANNEL_PRECODER_H
#define CFISAC_CHANNEL_PRECODER_H

#include "cfisac/channel.h"

extern const cfi_precoder precoder_mr;

#endif

/* The table of precoders: a row for each of CFI_PRECODERS, from the file of its name. */
#include "cfisac/channel.h"

#define DECLARE(constant, word) extern const cfi_precoder precoder_##word;
#define ROW(constant, word)     [CFI_PRECODER_##constant] = &precoder_##word,

CFI_PRECODERS(DECLARE)

static const cfi_precoder *const precoders[CFI_PRECODER_COUNT] = {CFI_PRECODERS(ROW)};

const cfi_precoder *channel_precoder(const cfi_system *system)
{
    return precoders[system->precoding.kind];
}

/* The table of precoders. */
#include "channel/precoder.h"

const cfi_precoder *channel_precoder(const cfi_system *system)
{
    static const cfi_precoder *const precoders[] = {[CFI_PRECODER_MR] = &precoder_mr};

    return precoders[system->precoding.kind];
}

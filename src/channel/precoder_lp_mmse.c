/* Local partial MMSE: the matrix of the estimates with the noise and the errors of the estimates. docs/model.md (M20).
 */
#include "channel/precoding.h"

extern const cfi_precoder precoder_lp_mmse; /* of the table in precoder.c */
const cfi_precoder precoder_lp_mmse = {.name = "lp_mmse", .prepare = precoding_prepare, .apply = precoding_apply};

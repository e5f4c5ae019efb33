/* Regularised zero-forcing: the matrix of the estimates with the noise on its diagonal. docs/model.md (M20). */
#include "channel/precoding.h"

extern const cfi_precoder precoder_rzf; /* of the table in precoder.c */
const cfi_precoder precoder_rzf = {.name = "rzf", .prepare = precoding_prepare, .apply = precoding_apply};

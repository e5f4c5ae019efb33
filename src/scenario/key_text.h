/* What a key allows, in words: for messages, help and documentation. */
#ifndef SCENARIO_KEY_TEXT_H
#define SCENARIO_KEY_TEXT_H

#include "scenario/key.h"
#include "scenario/wording.h"

/* Appends what a key allows: "null; a number -300 .. 300; a list of L numbers -300 .. 300". */
void key_describe_allowed(const key_spec *spec, cfi_wording *out);

#endif

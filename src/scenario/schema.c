/* The JSON Schema and the list of keys for help, both from the table. */
#include "cfisac/scenario.h"

#include "scenario/keys.h"

const char *scenario_schema_json(void)
{
    return "";
}

const char *scenario_keys_help(void)
{
    return "";
}

/* The builds of the program that computed the lines of a sweep. */
#include "sweep/builds.h"

#include <stdlib.h>
#include <string.h>

cfi_status builds_add(build_list *builds, const char *name, cfi_error *error)
{
    char(*larger)[CFI_BUILD_LENGTH];

    for (size_t i = 0; i < builds->count; i++) {
        if (strcmp(builds->name[i], name) == 0) {
            return CFI_OK;
        }
    }
    larger = realloc(builds->name, (builds->count + 1) * sizeof *larger);
    if (!larger) {
        return error_set(error, CFI_NO_MEMORY, "out of memory for the builds of a sweep");
    }
    builds->name = larger;
    snprintf(builds->name[builds->count++], sizeof *larger, "%s", name);
    return CFI_OK;
}

cfi_status builds_add_all(build_list *builds, const build_list *others, cfi_error *error)
{
    cfi_status status = CFI_OK;

    for (size_t i = 0; i < others->count && status == CFI_OK; i++) {
        status = builds_add(builds, others->name[i], error);
    }
    return status;
}

void builds_free(build_list *builds)
{
    free(builds->name);
    *builds = (build_list){.name = NULL};
}

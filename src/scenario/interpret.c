/* From values to the system. */
#include "scenario/interpret.h"

#include "scenario/available.h"
#include "scenario/idle.h"
#include "scenario/objective.h"
#include "scenario/positions.h"
#include "scenario/relations.h"
#include "scenario/remarks.h"
#include "scenario/table_file.h"
#include "scenario/target.h"

cfi_sizes interpret_sizes(const cfi_scenario *scenario)
{
    return (cfi_sizes){.L = (size_t)scenario->value[KEY_L].number, .K = (size_t)scenario->value[KEY_K].number};
}

cfi_status interpret_key(cfi_scenario *scenario, key_id id, cfi_error *error)
{
    cfi_place place = tree_place(&scenario->tree, id);
    cfi_status status = check_size(&scenario->tree, id, error);

    return status == CFI_OK ? value_read(&key_table[id], scenario->tree.item[id], interpret_sizes(scenario), &place,
                                         &scenario->value[id], error)
                            : status;
}

static conversion make_conversion(cfi_scenario *scenario, key_id id)
{
    return (conversion){.spec = &key_table[id],
                        .value = model_names_file(scenario, id) ? &scenario->file_of[id] : &scenario->value[id],
                        .all = scenario->value,
                        .system = &scenario->system,
                        .arrays = &scenario->arrays};
}

cfi_status interpret_scalars(cfi_scenario *scenario, cfi_error *error)
{
    cfi_status status = idle_settle(scenario, error);

    for (key_id id = 0; id < KEY_COUNT && status == CFI_OK; id++) {
        if (key_table[id].convert) {
            const conversion how = make_conversion(scenario, id);

            key_table[id].convert(&how);
        }
    }
    return status;
}

/* Whether a point has the sizes of the grid's scenario, and so the lengths of all lists that it does not set. */
static bool keeps_sizes(const cfi_scenario *scenario)
{
    return scenario->base && scenario->system.L == scenario->base->system.L &&
           scenario->system.K == scenario->base->system.K;
}

/* A point reads a file again only to find that it does not fit. */
static cfi_status read_files(cfi_scenario *scenario, cfi_error *error)
{
    bool same_lengths = keeps_sizes(scenario);
    cfi_status status = CFI_OK;

    for (key_id id = 0; id < KEY_COUNT && status == CFI_OK; id++) {
        if (!model_names_file(scenario, id)) {
            continue;
        }
        if (same_lengths) {
            scenario->file_of[id] = scenario->base->file_of[id];
        } else {
            cfi_place place = tree_place(&scenario->tree, id);
            const table_source from = {.spec = &key_table[id],
                                       .path = scenario->value[id].text,
                                       .scenario = scenario->file,
                                       .from_shell = scenario->tree.set[id], /* a point sets numbers, no files */
                                       .sizes = interpret_sizes(scenario),
                                       .place = &place};

            status = table_file_read(&from, &scenario->file_of[id], error);
        }
    }
    return status;
}

static cfi_status fill_arrays(cfi_scenario *scenario, cfi_error *error)
{
    bool same_lengths = keeps_sizes(scenario);

    for (key_id id = 0; id < KEY_COUNT; id++) {
        const conversion how = make_conversion(scenario, id);

        if (!key_table[id].fill) {
            continue;
        }
        if (same_lengths && !scenario->tree.at_point[id]) {
            fill_borrowed(&how, &scenario->base->system);
        } else if (!key_table[id].fill(&how)) {
            return error_set(error, CFI_NO_MEMORY, "out of memory for %.600s", scenario->file);
        }
    }
    return CFI_OK;
}

cfi_status interpret_rest(cfi_scenario *scenario, cfi_error *error)
{
    cfi_status status = check_objective(scenario, error);

    if (status == CFI_OK) {
        status = check_available(scenario, error);
    }
    if (status == CFI_OK) {
        status = check_relations(scenario, error);
    }
    if (status == CFI_OK) {
        status = read_files(scenario, error);
    }
    if (status == CFI_OK) {
        status = fill_arrays(scenario, error);
    }
    if (status == CFI_OK) {
        status = check_memory(scenario, error);
    }
    if (status == CFI_OK) {
        status = check_solver(scenario, error);
    }
    if (status == CFI_OK) {
        status = check_positions(scenario, error);
    }
    if (status == CFI_OK) {
        status = check_target_position(scenario, error);
    }
    if (status == CFI_OK) {
        remark_objective(scenario);
        remark_all(scenario);
    }
    return status;
}

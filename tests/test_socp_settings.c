/* Settings of the cone solver: what is refused, and how. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "socp_check.h"
#include "socp_planted.h"

/* Creates a workspace with these settings for some problem and destroys it; false when they are refused. */
static bool accepted(const socp_settings *settings, cfi_error *error)
{
    planted *it = planted_make(3, PLANTED_OPTIMAL);
    socp_workspace *workspace = socp_create(it->problem, settings, error);
    bool made = workspace != NULL;

    socp_destroy(workspace);
    planted_free(it);
    return made;
}

/* The settings are refused, and the text begins with the setting's name. */
static void assert_refused(socp_settings settings, const char *name)
{
    cfi_error error = {.status = CFI_OK};
    char begin[80];

    assert_false(accepted(&settings, &error));
    assert_int_equal(error.status, CFI_INVALID);
    snprintf(begin, sizeof begin, "cone solver's setting %s: ", name);
    if (strncmp(error.text, begin, strlen(begin)) != 0 || !strstr(error.text, "(allowed: ")) {
        fail_msg("not of %s: %s", name, error.text);
    }
}

static void the_defaults_are_allowed_and_so_are_the_ends_of_the_ranges(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        socp_settings settings = socp_default_settings();
        cfi_error error = {.status = CFI_OK};

        assert_true(accepted(&settings, &error));
        settings.max_iterations = i ? 1000000 : 1;
        settings.max_refinements = i ? 1000 : 0;
        settings.tolerance = settings.accepted_tolerance = settings.reduced_tolerance = i ? 0.999 : 1e-300;
        settings.time_limit_seconds = i ? 1e300 : INFINITY;
        assert_true(accepted(&settings, &error));
        assert_int_equal(error.status, CFI_OK);
    }
}

static void a_tolerance_is_a_number_between_0_and_1(void **state)
{
    const double wrong[] = {0.0, -1e-9, 1.0, 2.0, NAN, INFINITY, -INFINITY};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        socp_settings settings = socp_default_settings();

        settings.tolerance = wrong[i];
        assert_refused(settings, "tolerance");
        settings = socp_default_settings();
        settings.accepted_tolerance = wrong[i];
        assert_refused(settings, "accepted_tolerance");
        settings = socp_default_settings();
        settings.reduced_tolerance = wrong[i];
        assert_refused(settings, "reduced_tolerance");
    }
}

/* Else a point that meets the tolerance would not be optimal. */
static void tolerances_stand_in_their_order(void **state)
{
    socp_settings settings = socp_default_settings();

    (void)state;
    settings.tolerance = 1e-6;
    assert_refused(settings, "accepted_tolerance");
    settings.accepted_tolerance = 1e-3;
    assert_refused(settings, "reduced_tolerance");
    settings.reduced_tolerance = 1e-3;
    assert_true(accepted(&settings, NULL));
}

static void counts_and_the_time_limit_have_ranges(void **state)
{
    const double wrong[] = {0.0, -1.0, NAN, -INFINITY};
    socp_settings settings = socp_default_settings();

    (void)state;
    settings.max_iterations = 0;
    assert_refused(settings, "max_iterations");
    settings.max_iterations = (size_t)-1; /* what becomes of -1 */
    assert_refused(settings, "max_iterations");
    settings = socp_default_settings();
    settings.max_refinements = 1001;
    assert_refused(settings, "max_refinements");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        settings = socp_default_settings();
        settings.time_limit_seconds = wrong[i];
        assert_refused(settings, "time_limit_seconds");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults_are_allowed_and_so_are_the_ends_of_the_ranges),
        cmocka_unit_test(a_tolerance_is_a_number_between_0_and_1),
        cmocka_unit_test(tolerances_stand_in_their_order),
        cmocka_unit_test(counts_and_the_time_limit_have_ranges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Numbers of the library inside a program whose locale has a decimal comma. locale.sh makes such a locale where the
 * system has none and names it in CFISAC_TEST_LOCALE: without one this program fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "socp_check.h"
#include "socp_planted.h"

#include <locale.h>
#include <stdio.h>

static int enter_comma_locale(void **state)
{
    const char *name = getenv("CFISAC_TEST_LOCALE");

    (void)state;
    if (!name || !setlocale(LC_ALL, name) || strcmp(localeconv()->decimal_point, ",") != 0) {
        print_error("CFISAC_TEST_LOCALE names no locale with a decimal comma\n");
        return -1;
    }
    return 0;
}

/* The text of the problem; free it. */
static char *written(const socp_problem *problem)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);

    assert_int_equal(socp_write_cbf(problem, NULL, stream, NULL), CFI_OK);
    fclose(stream);
    return text;
}

static void a_written_problem_has_decimal_points(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 2 * PLANTED_KINDS; seed++) {
        planted *it = planted_make(seed, (planted_kind)(seed % PLANTED_KINDS));
        char *text = written(it->problem), *plain;

        assert_null(strchr(text, ','));
        setlocale(LC_ALL, "C");
        plain = written(it->problem);
        assert_int_equal(enter_comma_locale(NULL), 0);
        assert_non_null(strchr(plain, '.'));
        assert_string_equal(text, plain);
        free(text);
        free(plain);
        planted_free(it);
    }
}

static void the_programs_locale_is_left_alone(void **state)
{
    planted *it = planted_make(1, PLANTED_OPTIMAL);
    char *text = written(it->problem), number[16];
    FILE *stream = fmemopen(text, strlen(text), "r");
    socp_cbf *cbf;

    (void)state;
    snprintf(number, sizeof number, "%.1f", 0.5);
    assert_string_equal(number, "0,5");
    cbf = socp_read_cbf(stream, "text", NULL);
    assert_non_null(cbf);
    snprintf(number, sizeof number, "%.1f", 0.5);
    assert_string_equal(number, "0,5");
    fclose(stream);
    free(text);
    socp_cbf_destroy(cbf);
    planted_free(it);
}

static void a_problem_is_read_with_decimal_points(void **state)
{
    static const char text[] = "VER\n1\nOBJSENSE\nMIN\nVAR\n2 1\nF 2\n"
                               "OBJACOORD\n2\n0 0.12345678901234567\n1 1.5e-3\nOBJBCOORD\n2.25\n";
    static const char comma[] = "VER\n1\nOBJSENSE\nMIN\nVAR\n1 1\nF 1\nOBJACOORD\n1\n0 0,5\n";
    FILE *stream = fmemopen((void *)text, strlen(text), "r"), *other = fmemopen((void *)comma, strlen(comma), "r");
    cfi_error error = {.status = CFI_OK};
    socp_cbf *cbf = socp_read_cbf(stream, "text", &error);

    (void)state;
    assert_non_null(cbf);
    assert_true(socp_cbf_problem(cbf)->c[0] == 12345678901234567e-17 && socp_cbf_problem(cbf)->c[1] == 1.5e-3);
    assert_true(socp_cbf_objective(cbf, 0.0) == 2.25);
    assert_null(socp_read_cbf(other, "text", &error));
    assert_non_null(strstr(error.text, "coefficient '0,5'"));
    fclose(stream);
    fclose(other);
    socp_cbf_destroy(cbf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_written_problem_has_decimal_points),
        cmocka_unit_test(the_programs_locale_is_left_alone),
        cmocka_unit_test(a_problem_is_read_with_decimal_points),
    };

    return cmocka_run_group_tests(tests, enter_comma_locale, NULL);
}

/* base/text: characters of UTF-8 and what a terminal may be shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/decimal.h"
#include "base/text.h"
#include "base/wrap.h"

#include "cfisac/base.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every code point, encoded by the rule of RFC 3629 anew, is one character; no other byte sequence of up to two bytes
 * is. */
static void every_code_point_is_one_character(void **state)
{
    (void)state;
    for (uint32_t point = 1; point <= 0x10ffff; point++) {
        char text[4];
        size_t count = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        static const unsigned lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
        bool surrogate = point >= 0xd800 && point < 0xe000;
        uint32_t found;

        for (size_t i = count; i-- > 1;) {
            text[i] = (char)(0x80 | ((point >> 6 * (count - 1 - i)) & 0x3f));
        }
        text[0] = (char)(lead[count] | point >> 6 * (count - 1));
        assert_int_equal(text_character(text, count, &found), surrogate ? 1 : count);
        assert_int_equal(found, surrogate ? TEXT_INVALID : point);
        if (count > 1) { /* cut short */
            assert_int_equal(text_character(text, count - 1, &found), 1);
            assert_int_equal(found, TEXT_INVALID);
        }
    }
}

static void overlong_and_stray_bytes_are_no_characters(void **state)
{
    static const char *const wrong[] = {"\x80",
                                        "\xbf",
                                        "\xc0\x80",
                                        "\xc1\xbf",
                                        "\xe0\x9f\xbf",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xff",
                                        "\xc3(aa)",
                                        "\xf4\x90\x80\x80",
                                        "\xf8\x88\x80\x80\x80"};
    uint32_t found;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(text_character(wrong[i], strlen(wrong[i]), &found), 1);
        assert_int_equal(found, TEXT_INVALID);
    }
}

static void controls_become_question_marks(void **state)
{
    char text[] = "a\x1b[31m\n\tb\x7f\xc2\x9b"
                  "c\x9b\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\xa1\xc2\xa0.";
    cfi_error error;

    (void)state;
    error_set(&error, CFI_INVALID, "%s", text);
    text_clean(text);
    assert_string_equal(text, "a?[31m??b??c?\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\xa1\xc2\xa0.");
    assert_string_equal(error.text, text);
}

static void a_copy_is_cut_between_characters(void **state)
{
    char out[8];

    (void)state;
    assert_string_equal(text_shown(out, 7, "abcd\xc3\xa9z"), "abcd\xc3\xa9");
    assert_string_equal(text_shown(out, 6, "abcd\xc3\xa9z"), "abcd");
    assert_string_equal(text_shown(out, 3, "\xc2\x9b\xc2\x9b\xc2\x9b"), "??");
    assert_string_equal(text_shown(out, 1, "abc"), "");
    assert_string_equal(text_shown(out, 8, ""), "");
}

/* The first of 15, 16 and 17 digits that reads back, by the C library. */
static void write_by_printf(double value, char *text)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, DECIMAL_LENGTH, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
}

/* Numbers of several kinds, among them those that few digits give, ties, and neighbours of powers of ten. */
static double draw_number(cfi_stream *stream, size_t i)
{
    double u[3], near = pow(10.0, (double)(i / 6 % 57) - 41.0), integer;

    random_uniforms(stream, 3, u);
    integer = floor(1e6 * u[0]);
    switch (i % 6) {
    case 0:
        return ldexp(1.0 + u[0], (int)(190.0 * u[1]) - 135);
    case 1:
        return integer / pow(10.0, floor(14.0 * u[1]));
    case 2: /* dyadic: exact in decimal, up to 60 digits */
        return ldexp(integer, -(int)(60.0 * u[1]));
    case 3:
        return near * (1.0 + 0x1p-52 * floor(9.0 * u[0] - 4.0));
    case 4:
        return floor(pow(10.0, 17.0 * u[1]) * u[0]);
    default: /* fifteen digits, at any place */
        return floor(1e15 * u[0]) * pow(10.0, -floor(50.0 * u[1]));
    }
}

static void numbers_are_written_as_printf_does(void **state)
{
    enum { NUMBERS = 300000 };
    cfi_stream stream = stream_make(5, 0, CFI_DRAW_START, 0);
    size_t own = 0;

    (void)state;
    for (size_t i = 0; i < NUMBERS; i++) {
        double value = (i % 5 == 0 ? -1.0 : 1.0) * draw_number(&stream, i);
        char expected[DECIMAL_LENGTH], text[DECIMAL_LENGTH] = "untouched";

        write_by_printf(value, expected);
        if (decimal_write(value, text)) {
            own++;
            assert_string_equal(text, expected);
        } else {
            assert_string_equal(text, "untouched");
        }
        assert_string_equal(text_double(value, text), expected);
    }
    assert_true(own > NUMBERS * 9 / 10 && own < NUMBERS);
}

static void some_numbers_by_hand(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3.0, "0.3333333333333333"},
        {3.0, "3"},
        {-1e-5, "-1e-05"},
        {123456.0, "123456"},
        {0.00012, "0.00012"},
        {1e15, "1e+15"},
        {1234567890123456.0, "1234567890123456"},
        {999999999999999.9, "999999999999999.9"},
        {1e23, "1e+23"},
        {5e-324, "4.94065645841247e-324"},
        {0.0, "0"},
        {0.5, "0.5"},
        {9007199254740991.0, "9007199254740991"},
        {1e-40, "1e-40"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
    };
    char text[TEXT_NUMBER_LENGTH];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(text_double(cases[i].value, text), cases[i].text);
    }
}

/* By hand: a text of dots, from column 70 and indented by 60, 20 columns a line. */
static void wrapped_lines_fit_and_keep_pieces_whole(void **state)
{
#define INDENT "                                                            "
    static const struct {
        const char *text, *wrapped;
    } cases[] = {
        {"", "\n"},
        {"one two  \n three", "one two\n" INDENT "three\n"},
        {"1 .. 65535 or more", "1 .. 65535\n" INDENT "or more\n"},
        {"a number -300 .. 300; a list", "a number\n" INDENT "-300 .. 300; a list\n"},
        {"FILE [--set KEY=VALUE] [--json]", "FILE\n" INDENT "[--set KEY=VALUE]\n" INDENT "[--json]\n"},
        {"FILE is --out DIR, --quiet", "FILE is\n" INDENT "--out DIR, --quiet\n"},
        {"twenty-four-letters-long word", "\n" INDENT "twenty-four-letters-\n" INDENT "long word\n"},
        {"--over propagation.area_m", "\n" INDENT "--over\n" INDENT "propagation.area_m\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);

        assert_non_null(stream);
        wrap_text(stream, cases[i].text, 70, 60);
        assert_int_equal(fclose(stream), 0);
        assert_string_equal(text, cases[i].wrapped);
        free(text);
    }
#undef INDENT
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_code_point_is_one_character),
                                       cmocka_unit_test(numbers_are_written_as_printf_does),
                                       cmocka_unit_test(some_numbers_by_hand),
                                       cmocka_unit_test(overlong_and_stray_bytes_are_no_characters),
                                       cmocka_unit_test(controls_become_question_marks),
                                       cmocka_unit_test(a_copy_is_cut_between_characters),
                                       cmocka_unit_test(wrapped_lines_fit_and_keep_pieces_whole)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* base/text: characters of UTF-8 and what a terminal may be shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/text.h"

#include "cfisac/base.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_code_point_is_one_character),
                                       cmocka_unit_test(overlong_and_stray_bytes_are_no_characters),
                                       cmocka_unit_test(controls_become_question_marks),
                                       cmocka_unit_test(a_copy_is_cut_between_characters)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* scenario: what is refused, where, and with which words. */
#include "cfisac/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef struct refusal {
    const char *text, *message; /* the message starts so, after "t.json:" */
} refusal;

static const refusal syntax_errors[] = {
    {"", "1:1: the text is empty"},
    {" \n ", "2:2: the text is empty"},
    {"{", "1:2: the text ends where a key in double quotes is needed"},
    {"{\"seed\"", "1:8: the text ends where a colon is needed"},
    {"{\"seed\":", "1:9: the text ends where a JSON value is needed"},
    {"{\"seed\": 1", "1:11: the text ends where a comma or '}' is needed"},
    {"{\"seed\": 1,}", "1:12: '}' where a key in double quotes is needed"},
    {"{\"seed\": 1 \"name\": \"a\"}", "1:12: '\"' where a comma or '}' is needed"},
    {"{seed: 1}", "1:2: 's' where a key in double quotes is needed"},
    {"{'seed': 1}", "1:2: ''' where a key in double quotes is needed"},
    {"{\"seed\" 1}", "1:9: '1' where a colon is needed"},
    {"{\"seed\": 1} {}", "1:13: '{' where the end of the text is needed"},
    {"{\"seed\": 1}\n\n x", "3:2: 'x' where the end of the text is needed"},
    {"{\"seed\": 1} // comment", "1:13: '/' where the end of the text is needed"},
    {"{\"seed\": 01}", "1:10: malformed number"},
    {"{\"seed\": -01}", "1:10: malformed number"},
    {"{\"seed\": +1}", "1:10: '+' where a JSON value is needed"},
    {"{\"seed\": .5}", "1:10: '.' where a JSON value is needed"},
    {"{\"seed\": 1.}", "1:10: malformed number"},
    {"{\"seed\": 1e}", "1:10: malformed number"},
    {"{\"seed\": 1e+}", "1:10: malformed number"},
    {"{\"seed\": -}", "1:10: malformed number"},
    {"{\"seed\": 1.2.3}", "1:10: malformed number"},
    {"{\"seed\": 0x10}", "1:11: 'x' where a comma or '}' is needed"},
    {"{\"seed\": 1_000}", "1:11: '_' where a comma or '}' is needed"},
    {"{\"seed\": 1e400}", "1:10: 1e400 is beyond the range of double precision"},
    {"{\"seed\": -1e999}", "1:10: -1e999 is beyond the range of double precision"},
    {"{\"seed\": 1000000000000000000000000000000000000000000000000000000000000000}", "1:10: a number of more than 63"},
    {"{\"seed\": NaN}", "1:10: 'N' where a JSON value is needed"},
    {"{\"seed\": nan}", "1:10: 'n' where a JSON value is needed"},
    {"{\"seed\": Infinity}", "1:10: 'I' where a JSON value is needed"},
    {"{\"seed\": -Infinity}", "1:10: malformed number"},
    {"{\"seed\": True}", "1:10: 'T' where a JSON value is needed"},
    {"{\"seed\": nul}", "1:10: 'n' where a JSON value is needed"},
    {"{\"seed\": [1,]}", "1:13: ']' where a JSON value is needed"},
    {"{\"seed\": [1 2]}", "1:13: '2' where a comma or ']' is needed"},
    {"{\"seed\": [1", "1:12: the text ends where a comma or ']' is needed"},
    {"{\"name\": \"abc", "1:10: a string without its closing quote"},
    {"{\"name\": \"a\nb\"}", "1:12: control character 0x0a in a string"},
    {"{\"name\": \"a\tb\"}", "1:12: control character 0x09 in a string"},
    {"{\"name\": \"\\u0000\"}", "1:11: \\u0000 is not allowed in a string"},
    {"{\"name\": \"\\u12g4\"}", "1:11: malformed \\u escape"},
    {"{\"name\": \"\\u12\"}", "1:11: malformed \\u escape"},
    {"{\"name\": \"\\ud800\"}", "1:11: malformed \\u escape"},
    {"{\"name\": \"\\udc00\\ud800\"}", "1:11: malformed \\u escape"},
    {"{\"name\": \"\\ud800\\u0041\"}", "1:11: malformed \\u escape"},
    {"{\"name\": \"\\x41\"}", "1:11: unknown escape in a string"},
    {"{\"name\": \"\\", "1:11: the text ends within a string"},
    {"{\"name\": \"\xff\"}", "1:11: invalid UTF-8 (byte 0xff)"},
    {"{\"name\": \"\xc3\"}", "1:11: invalid UTF-8 (byte 0xc3)"},
    {"{\"name\": \"\xc0\x80\"}", "1:11: invalid UTF-8 (byte 0xc0)"},
    {"{\"name\": \"\xed\xa0\x80\"}", "1:11: invalid UTF-8 (byte 0xed)"},
    {"{\"name\": \"\xf5\x80\x80\x80\"}", "1:11: invalid UTF-8 (byte 0xf5)"},
    {"{\"name\": \"\xc3\xa9\", x", "1:15: 'x' where a key in double quotes is needed"}, /* columns are characters */
    {"\xef\xbb\xbf{}", "1:1: a byte order mark"},
    {"\xff\xfe{}", "1:1: byte 0xff where a JSON value is needed"},
    {"{\"seed\": 1, \"seed\": 2}", "1:13: /seed: duplicate key"},
    {"{\"network\": {\"aps\": 1,\n \"aps\": 2}}", "2:2: /network/aps: duplicate key"},
    {"{\"network\": {\"aps\": 1, \"\\u0061ps\": 2}}", "1:24: /network/\\u0061ps: duplicate key"},
    {"{\"sweep\": {\"seed\": [1], \"seed\": [1]}}", "1:25: /sweep/seed: duplicate key"},
    {"{\"name\": [{\"x\": 1, \"x\": 2}]}", "1:20: /name/0/x: duplicate key"},
    {"{\"\xc3\xa9\": 1, \"\\u00e9\": 2}", "1:10: /\\u00e9: duplicate key"},
};

static const refusal value_errors[] = {
    {"[]", " /: a list is no scenario (allowed: an object)"},
    {"null", " /: null is no scenario"},
    {"3", " /: 3 is no scenario"},
    {"{\"netwrok\": {}}", " /netwrok: unknown key (nearest: network;"},
    {"{\"aps\": 3}", " /aps: unknown key (nearest: network.aps;"},
    {"{\"network.aps\": 3}", " /network.aps: unknown key (nearest: network.aps;"},
    {"{\"network\": {\"apz\": 3}}", " /network/apz: unknown key (nearest: network.aps;"},
    {"{\"network\": {\"snr_db\": 3}}", " /network/snr_db: unknown key (nearest: power.snr_db;"},
    {"{\"pilots\": {\"a/b~c\": 3}}", " /pilots/a~1b~0c: unknown key (allowed: length, power_dbm, assignment, noise)"},
    {"{\"Seed\": 3}", " /Seed: unknown key (nearest: seed;"},
    {"{\"network\": 3}", " /network: 3 is of the wrong type (allowed: an object)"},
    {"{\"network\": null}", " /network: null is of the wrong type (allowed: an object)"},
    {"{\"network\": []}", " /network: a list is of the wrong type (allowed: an object)"},
    {"{\"seed\": -1}", " /seed: -1 is out of range (allowed: a whole number 0 .. 9007199254740991)"},
    {"{\"seed\": 9007199254740992}", " /seed: 9007199254740992 is out of range"},
    {"{\"seed\": 1.5}", " /seed: 1.5 is not a whole number"},
    {"{\"seed\": \"1\"}", " /seed: text \"1\" is not a number"},
    {"{\"seed\": true}", " /seed: true is of the wrong type"},
    {"{\"seed\": null}", " /seed: null is of the wrong type"},
    {"{\"seed\": {}}", " /seed: an object is of the wrong type"},
    {"{\"name\": 5}", " /name: 5 is of the wrong type (allowed: text)"},
    {"{\"network\": {\"aps\": 0}}", " /network/aps: 0 is out of range (allowed: a whole number 1 .. 65535)"},
    {"{\"network\": {\"aps\": 65536}}", " /network/aps: 65536 is out of range (allowed: a whole number 1 .. 65535)"},
    {"{\"network\": {\"aps\": 1000000000}}",
     " /network/aps: 1000000000 is out of range and would need 208.6 GiB of memory"},
    {"{\"network\": {\"ues\": 1e300}}", " /network/ues: 1e+300 is out of range and would need "},
    {"{\"network\": {\"aps\": 65535, \"ues\": 65535}, \"frame\": {\"sensing_symbols\": 65535}}",
     " /network: 65535 access points and 65535 users would need "},
    {"{\"network\": {\"aps\": 300, \"ues\": 300}, \"pilots\": {\"length\": 1}, \"frame\": {\"sensing_symbols\": 300}, "
     "\"allocation\": {\"solver\": \"socp\"}}",
     " /network: 300 access points and 300 users would need "}, /* 89,700 pairs of users on one pilot */
    {"{\"network\": {\"aps\": 2000, \"ues\": 500}, \"pilots\": {\"length\": 100}, \"frame\": {\"sensing_symbols\": "
     "500}, "
     "\"fading\": {\"correlation\": \"local_scattering\"}, \"monte_carlo\": {\"drops\": 1}}",
     " /network: 2000 access points and 500 users would need "}, /* thresholds on signals with directions: cones */
    {"{\"monte_carlo\": {\"drops\": 2147483647}}", " /monte_carlo/drops: the results of 2147483647 drops would need "},
    {"{\"monte_carlo\": {\"realizations\": 536870912}}",
     " /monte_carlo/realizations: 536870912 channels of 4 antennas"},
    {"{\"monte_carlo\": {\"max_std_error\": 0}}",
     " /monte_carlo/max_std_error: 0 is out of range (allowed: null; a number above 0"},
    {"{\"clusters\": {\"mode\": \"strongest\"}}",
     " /clusters/aps_per_user: null with the clusters.mode strongest (allowed: 1 .. 32, network.aps)"},
    {"{\"clusters\": {\"mode\": \"strongest\", \"aps_per_user\": 33}}",
     " /clusters/aps_per_user: 33 of 32 access points (allowed: 1 .. 32, network.aps)"},
    {"{\"clusters\": {\"mode\": \"strongest\", \"aps_per_user\": 0}}",
     " /clusters/aps_per_user: 0 is out of range (allowed: null; a whole number 1 .. 65535)"},
    {"{\"clusters\": {\"aps_per_user\": 3}}",
     " /clusters/aps_per_user: 3 with the clusters.mode all (allowed: null, or a number with strongest)"},
    {"{\"clusters\": {\"mode\": \"dcc\", \"aps_per_user\": 3}}",
     " /clusters/aps_per_user: 3 with the clusters.mode dcc (allowed: null, or a number with strongest)"},
    {"{\"clusters\": {\"mode\": \"nearest\"}}", " /clusters/mode: text \"nearest\" is unknown"},
    {"{\"pilots\": {\"noise\": null}}", " /pilots/noise: null is of the wrong type (allowed: comm, sensing)"},
    {"{\"network\": {\"area_m\": [1]}}", " /network/area_m: a list of 1 (allowed: a list of 2)"},
    {"{\"network\": {\"area_m\": [1, -2]}}", " /network/area_m/1: -2 is out of range"},
    {"{\"network\": {\"area_m\": 5}}", " /network/area_m: 5 is of the wrong type (allowed: a list of 2 numbers"},
    {"{\"network\": {\"placement\": \"rejct\"}}",
     " /network/placement: text \"rejct\" is unknown, nearest: reject (allowed: reject, clamp, none)"},
    {"{\"network\": {\"placement\": \"zzz\\nzzz\"}}", " /network/placement: text \"zzz?zzz\" is unknown (allowed"},
    {"{\"network\": {\"ap_positions_m\": [[1, 2]]}}",
     " /network/ap_positions_m: a list of 1 (allowed: a list of 32, one per access point"},
    {"{\"network\": {\"aps\": 1, \"ap_positions_m\": [[1, 2, 3]]}}",
     " /network/ap_positions_m/0: a list of 3 (allowed: a list of 2)"},
    {"{\"network\": {\"aps\": 1, \"ap_positions_m\": [1]}}", " /network/ap_positions_m/0: 1 is not a row"},
    {"{\"network\": {\"aps\": 1, \"ap_positions_m\": [[1, \"2\"]]}}",
     " /network/ap_positions_m/0/1: text \"2\" is not a number"},
    {"{\"network\": {\"ues\": 1, \"ue_positions_m\": []}}",
     " /network/ue_positions_m: a list of 0 (allowed: a list of 1, one per user"},
    {"{\"propagation\": {\"gain\": \"\"}}", " /propagation/gain: text \"\" is no path"},
    {"{\"propagation\": {\"gain\": [[1]]}}",
     " /propagation/gain: a list of 1 (allowed: a list of 4, one per user (network.ues))"},
    {"{\"network\": {\"aps\": 2, \"ues\": 1}, \"propagation\": {\"gain\": [[1]]}}",
     " /propagation/gain/0: a list of 1 (allowed: a list of 2"},
    {"{\"network\": {\"aps\": 2, \"ues\": 1}, \"propagation\": {\"gain\": [[1, 0]]}}",
     " /propagation/gain/0/1: 0 is out of range"},
    {"{\"propagation\": {\"gain\": 1}}", " /propagation/gain: 1 is of the wrong type"},
    {"{\"network\": {\"wrap_around\": \"yes\"}}",
     " /network/wrap_around: text \"yes\" is of the wrong type (allowed: true, false)"},
    {"{\"network\": {\"wrap_around\": 1}}", " /network/wrap_around: 1 is of the wrong type (allowed: true, false)"},
    {"{\"network\": {\"wrap_around\": null}}", " /network/wrap_around: null is of the wrong type"},
    {"{\"network\": {\"aps\": true}}", " /network/aps: true is of the wrong type (allowed: a whole number"},
    {"{\"network\": {\"height_difference_m\": -1}}", " /network/height_difference_m: -1 is out of range"},
    {"{\"propagation\": {\"model\": \"three_slopes\"}}",
     " /propagation/model: text \"three_slopes\" is unknown, nearest: three_slope (allowed: null; log_distance, "
     "three_slope, tr38901_umi, tr38901_uma, tr38901_inh)"},
    {"{\"propagation\": {\"model\": \"tr38901_umi\"}}",
     " /propagation/carrier_ghz: null with the propagation.model tr38901_umi (allowed: a number, in GHz)"},
    {"{\"propagation\": {\"model\": \"tr38901_uma\", \"carrier_ghz\": null}}",
     " /propagation/carrier_ghz: null with the propagation.model tr38901_uma"},
    {"{\"propagation\": {\"model\": \"tr38901_inh\", \"carrier_ghz\": 3500}}",
     " /propagation/carrier_ghz: 3500 is out of range (allowed: null; a number 0.01 .. 1000)"},
    {"{\"network\": {\"aps\": 2, \"ues\": 1}, \"propagation\": {\"gain\": [[1, 2]], \"model\": \"three_slope\"}}",
     " /propagation/gain: given beside propagation.model (allowed: one of them, the other absent or null)"},
    {"{\"network\": {\"aps\": 2, \"ues\": 1}, \"propagation\": {\"gain\": [[1, 2]], \"model\": \"log_distance\"}}",
     " /propagation/gain: given beside propagation.model (allowed: one of them"},
    {"{\"propagation\": {\"model\": null}}", " /propagation/model: null without propagation.gain (allowed: a word)"},
    {"{\"propagation\": {\"shadowing_std_db\": -1}}",
     " /propagation/shadowing_std_db: -1 is out of range (allowed: null; a number 0 .. 100)"},
    {"{\"propagation\": {\"shadowing_correlation\": true}}",
     " /propagation/shadowing_correlation: true is of the wrong type (allowed: none, users, both)"},
    {"{\"propagation\": {\"shadowing_decorrelation_m\": 0}}",
     " /propagation/shadowing_decorrelation_m: 0 is out of range"},
    {"{\"propagation\": {\"shadowing_split\": 1.1}}",
     " /propagation/shadowing_split: 1.1 is out of range (allowed: a number 0 .. 1)"},
    {"{\"sweep\": {\"network.wrap_around\": \"true,maybe\"}}",
     " /sweep/network.wrap_around/1: text \"maybe\" is of the wrong type"},
    {"{\"pilots\": {\"length\": 0}}", " /pilots/length: 0 is out of range"},
    {"{\"pilots\": {\"assignment\": \"cyclc\"}}", " /pilots/assignment: text \"cyclc\" is unknown, nearest: cyclic"},
    {"{\"pilots\": {\"assignment\": [0, 1]}}", " /pilots/assignment: a list of 2 (allowed: a list of 4"},
    {"{\"pilots\": {\"assignment\": [0, 1, 2, 4]}}", " /pilots/assignment/3: 4 is no pilot (allowed: 0 .. 3"},
    {"{\"pilots\": {\"assignment\": [0, 1, 2, 0.5]}}", " /pilots/assignment/3: 0.5 is not a whole number"},
    {"{\"frame\": {\"coherence_symbols\": 4}}", " /frame/coherence_symbols: 4 leaves nothing after 4 pilot symbols"},
    {"{\"frame\": {\"sensing_symbols\": 3}}", " /frame/sensing_symbols: 3 cannot hold orthogonal streams of 4 users"},
    {"{\"power\": {\"snr_db\": 301}}", " /power/snr_db: 301 is out of range (allowed: null; a number -200 .. 300)"},
    {"{\"power\": {\"ap_limit_dbm\": [1]}}", " /power/ap_limit_dbm: a list of 1 (allowed: a list of 32"},
    {"{\"power\": {\"ap_limit_dbm\": \"none\"}}", " /power/ap_limit_dbm: text \"none\" is not a number"},
    {"{\"sensing\": {\"angle_range_deg\": [60, -60]}}", " /sensing/angle_range_deg: the first is above the second"},
    {"{\"sensing\": {\"angle_range_deg\": [-91, 0]}}", " /sensing/angle_range_deg/0: -91 is out of range"},
    {"{\"network\": {\"aps\": 1}, \"sensing\": {\"angles_deg\": [90]}}",
     " /sensing/angles_deg/0: 90 is out of range (allowed: null; a list of L numbers strictly between -90 and 90)"},
    {"{\"sensing\": {\"path_gain\": 0}}", " /sensing/path_gain: 0 is out of range"},
    {"{\"sensing\": {\"path_phase_deg\": \"rand\"}}",
     " /sensing/path_phase_deg: text \"rand\" is unknown, nearest: random"},
    {"{\"allocation\": {\"tolerance\": 0}}",
     " /allocation/tolerance: 0 is out of range (allowed: a number above 0, up to 1)"},
    {"{\"allocation\": {\"sensing_fraction\": 1.01}}", " /allocation/sensing_fraction: 1.01 is out of range"},
    {"{\"allocation\": {\"starts\": 0}}",
     " /allocation/starts: 0 is out of range (allowed: null; a whole number 1 .. 10000)"},
    {"{\"allocation\": {\"max_iterations\": 0}}", " /allocation/max_iterations: 0 is out of range"},
    {"{\"sweep\": 3}", " /sweep: nothing to sweep"},
    {"{\"sweep\": {}}", " /sweep: nothing to sweep"},
    {"{\"sweep\": {\"network.apz\": [1]}}", " /sweep/network.apz: unknown key (nearest: network.aps;"},
    {"{\"sweep\": {\"name\": [\"a\"]}}", " /sweep/name: this key cannot be swept"},
    {"{\"sweep\": {\"network.area_m\": [[1, 2]]}}", " /sweep/network.area_m: this key cannot be swept"},
    {"{\"sweep\": {\"sweep\": [1]}}", " /sweep/sweep: this key cannot be swept"},
    {"{\"sweep\": {\"seed\": 1}}", " /sweep/seed: no values"},
    {"{\"sweep\": {\"seed\": []}}", " /sweep/seed: an empty list"},
    {"{\"sweep\": {\"seed\": [[1]]}}",
     " /sweep/seed/0: a list (allowed: numbers, words, and named tables, {\"name\": [...]})"},
    {"{\"sweep\": {\"network.aps\": [1, 0]}}", " /sweep/network.aps/1: 0 is out of range"},
    {"{\"sweep\": {\"network.aps\": \"1:0.5:3\"}}", " /sweep/network.aps/1: 1.5 is not a whole number"},
    {"{\"sweep\": {\"network.aps\": \"8,,9\"}}", " /sweep/network.aps: an empty value"},
    {"{\"sweep\": {\"network.aps\": \"8,x\"}}", " /sweep/network.aps/1: text \"x\" is not a number"},
    {"{\"sweep\": {\"network.aps\": \"1:2\"}}", " /sweep/network.aps: \"1:2\" is not a range"},
    {"{\"sweep\": {\"network.aps\": \"1:0:3\"}}", " /sweep/network.aps: the step of \"1:0:3\" does not lead"},
    {"{\"sweep\": {\"network.aps\": \"3:1:1\"}}", " /sweep/network.aps: the step of \"3:1:1\" does not lead"},
    {"{\"sweep\": {\"power.snr_db\": \"0:1e-9:1\"}}",
     " /sweep/power.snr_db: the range \"0:1e-9:1\" has too many values"},
    {"{\"sweep\": {\"network.aps\": \"1:1:2000\", \"seed\": \"1:1:2000\"}}",
     " /sweep: 4e+06 points (allowed: at most 1000000)"},
    {"{\"sweep\": {\"allocation.solver\": \"socp,structred\"}}",
     " /sweep/allocation.solver/1: text \"structred\" is unknown, nearest: structured"},
};

static cfi_status parse_error(const char *text, const cfi_setting *setting, cfi_error *error)
{
    cfi_scenario *scenario = NULL;
    cfi_status status = scenario_parse(text, strlen(text), "t.json", setting, setting ? 1 : 0, &scenario, error);

    assert_null(scenario);
    assert_int_equal(error->status, status);
    for (const char *c = error->text; *c; c++) {
        assert_true((unsigned char)*c >= 0x20);
    }
    return status;
}

static void assert_refused(const refusal *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cfi_error error = {0};

        assert_int_equal(parse_error(table[i].text, NULL, &error), CFI_INVALID);
        if (strncmp(error.text, "t.json:", 7) != 0 ||
            strncmp(error.text + 7, table[i].message, strlen(table[i].message)) != 0) {
            fail_msg("%s gave \"%s\", expected \"t.json:%s\"", table[i].text, error.text, table[i].message);
        }
    }
}

static void syntax_errors_name_line_and_column(void **state)
{
    (void)state;
    assert_refused(syntax_errors, COUNT(syntax_errors));
}

static void wrong_values_name_pointer_and_what_is_allowed(void **state)
{
    (void)state;
    assert_refused(value_errors, COUNT(value_errors));
}

static void nul_bytes_do_not_end_the_text_early(void **state)
{
    static const char text[] = "{\"seed\": 1}\0garbage";
    cfi_scenario *scenario;
    cfi_error error = {0};

    (void)state;
    assert_int_equal(scenario_parse(text, sizeof text - 1, "t.json", NULL, 0, &scenario, &error), CFI_INVALID);
    assert_string_equal(error.text, "t.json:1:12: byte 0x00 where the end of the text is needed");
}

static void deep_nesting_and_crowded_objects_are_refused(void **state)
{
    char *text = malloc(200000);
    cfi_error error = {0};
    size_t used = 0;

    (void)state;
    assert_non_null(text);
    memset(text, '[', 199999);
    text[199999] = '\0';
    assert_int_equal(parse_error(text, NULL, &error), CFI_INVALID);
    assert_string_equal(error.text, "t.json:1:33: nested deeper than 32 levels");
    for (int i = 0; i < 300; i++) {
        used += (size_t)sprintf(text + used, "%s\"k%d\": 0", i > 0 ? "," : "{", i);
    }
    assert_int_equal(parse_error(text, NULL, &error), CFI_INVALID);
    assert_non_null(strstr(error.text, "an object of more than 256 members"));
    free(text);
}

static void values_without_code_are_unavailable(void **state)
{
    static const refusal cases[] = {
        {"{\"allocation\": {\"objective\": \"min_position_error\"}, \"sensing\": {\"geometry\": \"target\"}, "
         "\"fading\": {\"correlation\": \"local_scattering\"}}",
         "t.json: /allocation/objective: \"min_position_error\" where fading has directions is not available in this "
         "version (allowed: sum_rate, max_min_rate, proportional_fair, min_power, min_crlb)"},
        {"{\"allocation\": {\"objective\": \"min_crlb\"}, \"sensing\": {\"crlb_model\": \"noncoherent\"}, "
         "\"fading\": {\"correlation\": \"local_scattering\"}}",
         "t.json: /sensing/crlb_model: \"noncoherent\" with the allocation.objective min_crlb where fading has "
         "directions "
         "is not available in this version (allowed: own_echo)"},
        {"{\"allocation\": {\"objective\": \"min_crlb\", \"solver\": \"structured\", \"rate_target_bit_s_hz\": 0.1}, "
         "\"fading\": {\"rician_factor_db\": 3}}",
         "t.json: /allocation/solver: \"structured\" with the allocation.objective min_crlb and rate targets where "
         "fading has directions is not available in this version (allowed: auto, socp)"},
        {"{\"pilots\": {\"length\": 2}, \"allocation\": {\"objective\": \"max_min_rate\", \"solver\": "
         "\"structured\"}}",
         "t.json: /allocation/solver: \"structured\" with the allocation.objective max_min_rate and users that share "
         "pilots is not available in this version (allowed: auto, socp)"},
        {"{\"allocation\": {\"solver\": \"structured\", \"surrogate\": \"fractional\"}}",
         "t.json: /allocation/solver: \"structured\" with allocation.surrogate fractional is not available in this "
         "version (allowed: auto, socp)"},
        {"{\"allocation\": {\"solver\": \"structured\", \"crlb_constraint\": \"sca\"}}",
         "t.json: /allocation/solver: \"structured\" with allocation.crlb_constraint sca is not available in this "
         "version (allowed: auto, socp)"},
        {"{\"allocation\": {\"crlb_constraint\": \"sca\"}, \"precoding\": {\"kind\": \"rzf\"}}",
         "t.json: /allocation/crlb_constraint: \"sca\" with the precoding.kind rzf is not available in this version "
         "(allowed: exact)"},
        {"{\"allocation\": {\"crlb_constraint\": \"sca\"}, \"fading\": {\"correlation\": \"local_scattering\"}, "
         "\"sensing\": {\"crlb_threshold_db\": null}}",
         "t.json: /allocation/crlb_constraint: \"sca\" where fading has directions is not available in this version "
         "(allowed: exact)"},
        {"{\"sensing\": {\"crlb_model\": \"multistatic\"}}",
         "t.json: /sensing/crlb_model: \"multistatic\" as a constraint of allocation.method heuristic or sca is not "
         "available in this version (allowed: own_echo, noncoherent)"},
        {"{\"sensing\": {\"information\": \"block\"}}",
         "t.json: /sensing/information: \"block\" as a constraint of allocation.method heuristic or sca (null "
         "thresholds "
         "are none) is not available in this version (allowed: averaged)"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cfi_error error = {0};

        assert_int_equal(parse_error(cases[i].text, NULL, &error), CFI_UNAVAILABLE);
        assert_string_equal(error.text, cases[i].message);
    }
}

static void faulty_settings_name_the_setting(void **state)
{
    static const struct {
        cfi_setting setting;
        cfi_status status;
        const char *message;
    } cases[] = {
        {{.key = "", .value = "1"}, CFI_USAGE, "--set: a key is missing (allowed: key=value)"},
        {{.key = "network.apz", .value = "1"}, CFI_INVALID, "--set network.apz: unknown key (nearest: network.aps;"},
        {{.key = "netwrk.aps", .value = "1"}, CFI_INVALID, "--set netwrk.aps: unknown key (nearest: network.aps;"},
        {{.key = "aps", .value = "1"}, CFI_INVALID, "--set aps: unknown key (nearest: network.aps;"},
        {{.key = "network", .value = "1"}, CFI_INVALID, "--set network: a section, not a key"},
        {{.key = "network.aps", .value = "0"},
         CFI_INVALID,
         "--set network.aps: 0 is out of range (allowed: a whole number 1 .. 65535)"},
        {{.key = "network.aps", .value = "01"}, CFI_INVALID, "--set network.aps: text \"01\" is not a number"},
        {{.key = "network.aps", .value = "1e400"}, CFI_INVALID, "--set network.aps: text \"1e400\" is not a number"},
        {{.key = "network.aps", .value = ""}, CFI_INVALID, "--set network.aps: text \"\" is not a number"},
        {{.key = "network.area_m", .value = "[1, -1]"}, CFI_INVALID, "--set network.area_m/1: -1 is out of range"},
        {{.key = "allocation.method", .value = "scaa"},
         CFI_INVALID,
         "--set allocation.method: text \"scaa\" is unknown, nearest: sca"},
        {{.key = "sensing.crlb_model", .value = "multistatic"},
         CFI_UNAVAILABLE,
         "--set sensing.crlb_model: \"multistatic\" as a constraint of allocation.method heuristic or sca is not "
         "available"},
        {{.key = "name", .value = "\xff"}, CFI_INVALID, "--set name: invalid UTF-8"},
        {{.key = "network.apz", .value = "1,2", .over = true},
         CFI_INVALID,
         "--over network.apz: unknown key (nearest: network.aps;"},
        {{.key = "network.aps", .value = "1,x", .over = true}, CFI_INVALID, "--over network.aps: text \"x\" is not"},
        {{.key = "network.aps", .value = "8-16", .over = true},
         CFI_INVALID,
         "--over network.aps: \"8-16\" is no number (allowed: numbers such as 8,16, or a range, first:step:last)"},
        {{.key = "network.aps", .value = "1,,2", .over = true}, CFI_INVALID, "--over network.aps: an empty value"},
        {{.key = "network.area_m", .value = "1,2", .over = true},
         CFI_INVALID,
         "--over network.area_m: this key cannot"},
        {{.key = "sweep", .value = "{\"seed\": []}"}, CFI_INVALID, "--set sweep/seed: an empty list"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        cfi_error error = {0};

        assert_int_equal(parse_error("{}", &cases[i].setting, &error), cases[i].status);
        if (strncmp(error.text, cases[i].message, strlen(cases[i].message)) != 0) {
            fail_msg("\"%s\", expected \"%s\"", error.text, cases[i].message);
        }
    }
}

static void unreadable_files_are_refused(void **state)
{
    cfi_scenario *scenario;
    cfi_error error = {0};

    (void)state;
    assert_int_equal(scenario_read("/no/such/file.json", NULL, 0, &scenario, &error), CFI_INVALID);
    assert_string_equal(error.text, "/no/such/file.json: cannot be read: No such file or directory");
    assert_null(scenario);
    assert_int_equal(scenario_read("/tmp", NULL, 0, &scenario, &error), CFI_INVALID);
    assert_string_equal(error.text, "/tmp: cannot be read: Is a directory");
}

static void files_beyond_256_mib_are_refused(void **state)
{
    char path[] = "/tmp/cfisac_long_XXXXXX";
    int descriptor = mkstemp(path);
    FILE *file = fdopen(descriptor, "wb");
    cfi_scenario *scenario;
    cfi_error error = {0};

    (void)state;
    assert_non_null(file);
    assert_int_equal(fseek(file, 268435456, SEEK_SET), 0); /* a hole: takes no room on the disk */
    assert_int_equal(fputc(' ', file), ' ');
    assert_int_equal(fclose(file), 0);
    assert_int_equal(scenario_read(path, NULL, 0, &scenario, &error), CFI_INVALID);
    assert_non_null(strstr(error.text, "longer than 256 MiB (allowed: at most 256 MiB)"));
    remove(path);
}

static void long_names_do_not_hide_what_is_wrong(void **state)
{
    char name[5000], text[3000];
    cfi_scenario *scenario;
    cfi_error error = {0};

    (void)state;
    memset(name, 'n', sizeof name);
    strcpy(name + sizeof name - 8, "/s.json");
    snprintf(text, sizeof text, "{\"network\": {\"%02000d\": 1}}", 7);
    assert_int_equal(scenario_parse(text, strlen(text), name, NULL, 0, &scenario, &error), CFI_INVALID);
    assert_non_null(strstr(error.text, "nnn/s.json: /network/000000"));
    assert_non_null(strstr(error.text, "...: unknown key (allowed: aps, ues"));
    assert_int_equal(scenario_parse("{", 1, name, NULL, 0, &scenario, &error), CFI_INVALID);
    assert_non_null(strstr(error.text, "nnn/s.json:1:2: the text ends"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(syntax_errors_name_line_and_column),
        cmocka_unit_test(wrong_values_name_pointer_and_what_is_allowed),
        cmocka_unit_test(nul_bytes_do_not_end_the_text_early),
        cmocka_unit_test(deep_nesting_and_crowded_objects_are_refused),
        cmocka_unit_test(values_without_code_are_unavailable),
        cmocka_unit_test(faulty_settings_name_the_setting),
        cmocka_unit_test(unreadable_files_are_refused),
        cmocka_unit_test(files_beyond_256_mib_are_refused),
        cmocka_unit_test(long_names_do_not_hide_what_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Models of propagation: each row by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "propagation_systems.h"

static double gain_db(const cfi_system *system, double flat_m, bool line_of_sight)
{
    const propagation_path path = path_of(flat_m, system->geometry.height_difference_m, line_of_sight);

    return 10.0 * log10(propagation_of(system)->gain(system, &path));
}

static double std_db(const cfi_system *system, double flat_m, bool line_of_sight)
{
    const propagation_path path = path_of(flat_m, system->geometry.height_difference_m, line_of_sight);

    return 10.0 / log(10.0) * propagation_of(system)->shadowing_std(system, &path);
}

static void log_distance_by_hand(void **state)
{
    cfi_system system = system_of(CFI_PROPAGATION_LOG_DISTANCE, 0.0);
    propagation_path path = path_of(5.0, 0.0, false);
    const propagation_model *model = propagation_of(&system);

    (void)state;
    system.propagation.reference_distance_m = 10.0;
    system.propagation.path_loss_exponent = 3.0;
    assert_close(model->gain(&system, &path), 8.0, 1e-15);
    path.distance_m = 10.0;
    assert_true(model->gain(&system, &path) == 1.0);
    assert_close(std_db(&system, 5.0, false), 7.0, 1e-15);
    system.propagation.shadowing_std = 0.5;
    assert_true(model->shadowing_std(&system, &path) == 0.5);
    system.propagation.shadowing_std = 0.0;
    assert_true(model->shadowing_std(&system, &path) == 0.0);
    assert_null(model->line_of_sight);
}

/* -30.5 dB at a metre and 36.7 dB a decade: at 100 m and 10 m above, 100.4988 m away, -103.979297208911 dB. */
static void log_distance_with_an_intercept_is_the_urban_micro_model_of_cell_free_work(void **state)
{
    cfi_system system = system_of(CFI_PROPAGATION_LOG_DISTANCE, 10.0);

    (void)state;
    system.propagation.reference_distance_m = 1.0;
    system.propagation.path_loss_exponent = 3.67;
    system.propagation.log_intercept = -30.5 / 10.0 * log(10.0);
    assert_close(gain_db(&system, 100.0, false), -103.979297208911, 1e-14);
}

/* -140.7 - 35 log10(1) at a kilometre; each value from the decibels of the paper. */
static void three_slopes_by_hand(void **state)
{
    static const double distance_m[] = {1000.0, 100.0, 50.0, 20.0, 10.0, 5.0, 0.0};
    static const double expected_db[] = {-140.7,           -105.7,           -95.163950151761, -87.205149978320,
                                         -81.184550065040, -81.184550065040, -81.184550065040};
    cfi_system system = system_of(CFI_PROPAGATION_THREE_SLOPE, 0.0);

    (void)state;
    for (size_t i = 0; i < 7; i++) {
        assert_close(gain_db(&system, distance_m[i], false), expected_db[i], 1e-13);
    }
    assert_close(std_db(&system, 51.0, false), 8.0, 1e-14);
    assert_true(std_db(&system, 50.0, false) == 0.0);
    system.propagation.shadowing_std = 0.1;
    assert_close(std_db(&system, 51.0, false), 1.0 / log(10.0), 1e-14); /* the scenario's */
    assert_true(std_db(&system, 50.0, false) == 0.0);                   /* but no shadowing all the same */
}

typedef struct by_hand {
    double flat_m, sight_db, obstructed_db; /* losses */
} by_hand;

static void check_losses(const cfi_system *system, const by_hand *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_close(gain_db(system, rows[i].flat_m, true), -rows[i].sight_db, 1e-13);
        assert_close(gain_db(system, rows[i].flat_m, false), -rows[i].obstructed_db, 1e-13);
    }
}

/* At 10 m the base station's break point is at 4 9 0.5 3.5e9 / 3e8 = 210 m. At 100 m, d = sqrt(100^2 + 8.5^2):
 * 32.4 + 21 log10 d + 20 log10 3.5 = 85.314189102501, 22.4 + 35.3 log10 d + 21.3 log10 3.5 = 104.643832011661. */
static void urban_micro_by_hand(void **state)
{
    static const by_hand rows[] = {{2.0, 63.044879291203, 67.210182662193},
                                   {100.0, 85.314189102501, 104.643832011661},
                                   {300.0, 98.244260663769, 121.437180698205}};
    static const by_hand high[] = {{100.0, 103.975253309889, 124.517865392529}};
    cfi_system system = system_of(CFI_PROPAGATION_TR38901_UMI, 8.5);

    (void)state;
    check_losses(&system, rows, 3);
    assert_close(std_db(&system, 100.0, true), 4.0, 1e-14);
    assert_close(std_db(&system, 100.0, false), 7.82, 1e-14);
    assert_close(10.0 * log10(propagation_of(&system)->rician_factor), 9.0, 1e-14);
    system.propagation.carrier_hz = 30e9; /* the break point is at 1800 m */
    check_losses(&system, high, 1);
    system.propagation.shadowing_std = 1.0;
    assert_close(std_db(&system, 100.0, true), 10.0 / log(10.0), 1e-14); /* the scenario's, in both states */
    assert_close(std_db(&system, 100.0, false), 10.0 / log(10.0), 1e-14);
}

/* At 25 m the break point is at 560 m. */
static void urban_macro_by_hand(void **state)
{
    static const by_hand rows[] = {{10.0, 69.839915852500, 79.415012162075},
                                   {100.0, 83.138156676852, 103.037523590061},
                                   {800.0, 105.538190536771, 137.881437009536}};
    cfi_system system = system_of(CFI_PROPAGATION_TR38901_UMA, 23.5);

    (void)state;
    check_losses(&system, rows, 3);
    assert_close(std_db(&system, 100.0, true), 4.0, 1e-14);
    assert_close(std_db(&system, 100.0, false), 6.0, 1e-14);
    assert_close(10.0 * log10(propagation_of(&system)->rician_factor), 9.0, 1e-14);
}

/* Near, the loss without line of sight would be the smaller one: then both are the same. */
static void indoor_hotspot_by_hand(void **state)
{
    static const by_hand rows[] = {{2.0, 50.165723037032, 50.165723037032},
                                   {3.0, 52.373830206175, 52.373830206175},
                                   {20.0, 65.810251743475, 80.723393714888},
                                   {50.0, 72.676921424030, 95.925327169527}};
    cfi_system system = system_of(CFI_PROPAGATION_TR38901_INH, 1.5);

    (void)state;
    check_losses(&system, rows, 4);
    assert_close(std_db(&system, 20.0, true), 3.0, 1e-14);
    assert_close(std_db(&system, 20.0, false), 8.03, 1e-14);
    assert_close(10.0 * log10(propagation_of(&system)->rician_factor), 7.0, 1e-14);
}

static void probabilities_of_a_line_of_sight_by_hand(void **state)
{
    const cfi_system micro = system_of(CFI_PROPAGATION_TR38901_UMI, 0.0),
                     macro = system_of(CFI_PROPAGATION_TR38901_UMA, 0.0),
                     indoor = system_of(CFI_PROPAGATION_TR38901_INH, 0.0);

    (void)state;
    assert_true(propagation_of(&micro)->line_of_sight(0.0) == 1.0);
    assert_true(propagation_of(&micro)->line_of_sight(18.0) == 1.0);
    assert_close(propagation_of(&micro)->line_of_sight(36.0), 0.683939720585721, 1e-14); /* (1 + 1/e) / 2 */
    assert_close(propagation_of(&micro)->line_of_sight(100.0), 0.230984749698135, 1e-14);
    assert_true(propagation_of(&macro)->line_of_sight(18.0) == 1.0);
    assert_close(propagation_of(&macro)->line_of_sight(36.0), 0.782359061003880, 1e-14);
    assert_close(propagation_of(&macro)->line_of_sight(100.0), 0.347670836844231, 1e-14);
    assert_true(propagation_of(&indoor)->line_of_sight(1.2) == 1.0);
    assert_close(propagation_of(&indoor)->line_of_sight(3.0), 0.681827406097749, 1e-14);
    assert_close(propagation_of(&indoor)->line_of_sight(6.5), 0.32, 1e-14);
    assert_close(propagation_of(&indoor)->line_of_sight(20.0), 0.211496947624329, 1e-14);
}

/* The words of the scenario's key and the rows of the table are one list; a row says the same name. */
static void models_have_the_names_of_their_kinds(void **state)
{
#define WORD(constant, word, needs) #word,
    static const char *const words[] = {CFI_PROPAGATION_MODELS(WORD)};

    (void)state;
    for (size_t i = 0; i < CFI_PROPAGATION_COUNT; i++) {
        const cfi_system system = {.propagation.model = (cfi_propagation_kind)i};

        assert_string_equal(propagation_of(&system)->name, words[i]);
        assert_true((propagation_of(&system)->line_of_sight == NULL) ==
                    (propagation_of(&system)->rician_factor == 0.0));
    }
}

/* No step, and no gain that grows with distance: also at 10, 50, 210 and 560 m, where slopes change. */
static void gains_fall_with_distance_and_have_no_steps(void **state)
{
    (void)state;
    for (size_t i = 0; i < CFI_PROPAGATION_COUNT; i++) {
        for (int sight = 0; sight < 2; sight++) {
            const cfi_system system = system_of((cfi_propagation_kind)i, i == CFI_PROPAGATION_TR38901_UMA ? 23.5 : 8.5);
            double before = gain_db(&system, 1.0, sight);

            for (double distance = 1.0; distance < 5000.0; distance *= 1.0001) {
                double gain = gain_db(&system, distance, sight);

                assert_true(gain <= before + 1e-12 && gain > before - 0.0021); /* 40 dB a decade at most, 47 at all */
                before = gain;
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_distance_by_hand),
        cmocka_unit_test(log_distance_with_an_intercept_is_the_urban_micro_model_of_cell_free_work),
        cmocka_unit_test(three_slopes_by_hand),
        cmocka_unit_test(urban_micro_by_hand),
        cmocka_unit_test(urban_macro_by_hand),
        cmocka_unit_test(indoor_hotspot_by_hand),
        cmocka_unit_test(probabilities_of_a_line_of_sight_by_hand),
        cmocka_unit_test(models_have_the_names_of_their_kinds),
        cmocka_unit_test(gains_fall_with_distance_and_have_no_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

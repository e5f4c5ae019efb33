/* Models of propagation: each row by hand, and drops made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "check.h"
#include "network/propagation.h"

static void log_distance_by_hand(void **state)
{
    static const double ap[] = {1.0, 2.0}, near[] = {4.0, 6.0};
    cfi_system system = {.geometry.placement = CFI_PLACEMENT_NONE,
                         .geometry.min_distance_m = 7.0,
                         .propagation.reference_distance_m = 10.0,
                         .propagation.path_loss_exponent = 3.0,
                         .propagation.shadowing_std = 0.5};
    const cfi_network network = {.system = &system, .L = 1, .K = 1, .ap_position_m = ap, .ue_position_m = near};
    const propagation_model *model = propagation_of(&system);

    (void)state;
    assert_string_equal(model->name, "log_distance");
    assert_true(model->distance(&network, 0, 0) == 5.0); /* 3, 4, 5 */
    system.geometry.placement = CFI_PLACEMENT_REJECT;
    assert_true(model->distance(&network, 0, 0) == 5.0);
    system.geometry.placement = CFI_PLACEMENT_CLAMP;
    assert_true(model->distance(&network, 0, 0) == 7.0);
    assert_close(model->gain(&system, 5.0), 8.0, 1e-15);
    assert_close(model->gain(&system, 10.0), 1.0, 1e-15);
    assert_close(model->shadowing(&system, 5.0, -2.0), exp(-1.0), 1e-15);
    assert_true(model->shadowing(&system, 5.0, 0.0) == 1.0);
}

/* The words of the scenario's key and the rows of the table are one list; a row says the same name. */
static void models_have_the_names_of_their_kinds(void **state)
{
#define WORD(constant, word) #word,
    static const char *const words[] = {CFI_PROPAGATION_MODELS(WORD)};

    (void)state;
    for (size_t i = 0; i < CFI_PROPAGATION_COUNT; i++) {
        const cfi_system system = {.propagation.model = (cfi_propagation_kind)i};

        assert_string_equal(propagation_of(&system)->name, words[i]);
    }
}

/* beta_kl is the model's gain at the pair's distance times its shadowing, of the pair's own normal number. */
static void gains_of_a_drop_are_the_models(void **state)
{
    enum { L = 3, K = 2 };
    cfi_system system = {.seed = 9,
                         .L = L,
                         .K = K,
                         .N = 1,
                         .M = 1,
                         .geometry.area_m = {300.0, 200.0},
                         .geometry.min_distance_m = 50.0,
                         .propagation.reference_distance_m = 100.0,
                         .propagation.path_loss_exponent = 3.2,
                         .propagation.shadowing_std = 1.6,
                         .frame.tau_p = K,
                         .sensing.path_gain = 0.01};

    (void)state;
    for (int placement = CFI_PLACEMENT_REJECT; placement <= CFI_PLACEMENT_NONE; placement++) {
        cfi_arena *arena = arena_create();
        cfi_network network;

        system.geometry.placement = (cfi_placement)placement;
        assert_int_equal(network_draw(&system, 4, arena, &network, NULL), CFI_OK);
        for (size_t l = 0; l < L; l++) {
            for (size_t k = 0; k < K; k++) {
                const double *ap = network.ap_position_m + 2 * l, *ue = network.ue_position_m + 2 * k;
                double distance = sqrt((ap[0] - ue[0]) * (ap[0] - ue[0]) + (ap[1] - ue[1]) * (ap[1] - ue[1])), normal;
                cfi_stream stream = stream_make(9, 4, CFI_DRAW_SHADOWING, (uint32_t)(l * 65536 + k));

                random_normals(&stream, 1, &normal);
                if (placement == CFI_PLACEMENT_CLAMP && distance < 50.0) {
                    distance = 50.0;
                }
                assert_close(network.beta[k + K * l], exp(1.6 * normal) * pow(distance / 100.0, -3.2), 1e-13);
            }
        }
        arena_destroy(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_distance_by_hand),
        cmocka_unit_test(models_have_the_names_of_their_kinds),
        cmocka_unit_test(gains_of_a_drop_are_the_models),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

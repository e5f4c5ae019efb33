/* The point with the least sum of distances to three others, by cfisac's cone solver.
 *   cc fermat.c $(pkg-config --cflags --libs cfisac_socp) -o fermat */
#include <cfisac/socp.h>

#include <stdio.h>
#include <stdlib.h>

enum { CORNERS = 3 };

/* Variables: the point (0, 1), and a distance (2, 3, 4) to each corner, in a cone: distance >= norm(point - corner). */
static socp_builder *describe(const double corner[CORNERS][2])
{
    socp_builder *builder = socp_builder_create(2 + CORNERS);

    for (size_t i = 0; builder && i < CORNERS; i++) {
        size_t row = socp_add_cone(builder, 3);

        socp_objective(builder, 2 + i, 1.0);
        socp_put(builder, row, 2 + i, 1.0);
        for (size_t axis = 0; axis < 2; axis++) {
            socp_put(builder, row + 1 + axis, axis, 1.0);
            socp_constant(builder, row + 1 + axis, -corner[i][axis]);
        }
    }
    return builder;
}

int main(void)
{
    const double corner[CORNERS][2] = {{0.0, 0.0}, {4.0, 0.0}, {1.0, 3.0}};
    cfi_error error = {.text = "out of memory"};
    socp_builder *builder = describe(corner);
    const socp_problem *problem = builder ? socp_build(builder, &error) : NULL;
    socp_workspace *workspace = problem ? socp_create(problem, NULL, &error) : NULL;
    socp_solution solution;
    int code = EXIT_FAILURE;

    if (!workspace || socp_solve(workspace, problem, &solution, &error) != CFI_OK) {
        fprintf(stderr, "%s\n", error.text);
    } else {
        printf("%s: (%.3f, %.3f), distances %.6f in all\n", socp_status_name(solution.status), solution.x[0],
               solution.x[1], solution.primal_objective);
        code = solution.status == SOCP_OPTIMAL ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    socp_destroy(workspace);
    socp_builder_destroy(builder);
    return code;
}

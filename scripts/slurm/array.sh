#!/usr/bin/env bash
#SBATCH --job-name=cfisac
#SBATCH --array=1-8
#SBATCH --cpus-per-task=4
#SBATCH --time=12:00:00
# A sweep as an array job without MPI: each task runs its shard. An interrupted task goes on when it is submitted again.
#   sbatch scripts/slurm/array.sh SCENARIO OUT [options of `cfisac sweep`]
# and when all tasks are done:
#   cfisac merge --out OUT OUT/shard-*
# CFISAC names the program (default: cfisac).
set -euo pipefail
[ $# -ge 2 ] || { printf 'usage: array.sh SCENARIO OUT [options]\n' >&2; exit 2; }
scenario=$1 out=$2
shift 2
: "${SLURM_ARRAY_TASK_ID:?this is an array job; submit it with sbatch}"
: "${SLURM_ARRAY_TASK_COUNT:?this is an array job; submit it with sbatch}"
shard=$((SLURM_ARRAY_TASK_ID - ${SLURM_ARRAY_TASK_MIN:-1} + 1))
exec "${CFISAC:-cfisac}" sweep "$scenario" --out "$out/shard-$shard" --shard "$shard/$SLURM_ARRAY_TASK_COUNT" \
  --resume --threads "${SLURM_CPUS_PER_TASK:-1}" "$@"

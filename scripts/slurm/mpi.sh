#!/usr/bin/env bash
#SBATCH --job-name=cfisac
#SBATCH --ntasks=16
#SBATCH --cpus-per-task=1
#SBATCH --time=12:00:00
# A sweep as one MPI job; submitted again after an interruption, it goes on.
#   sbatch scripts/slurm/mpi.sh SCENARIO OUT [options of `cfisac sweep`]
# CFISAC names the program (default: cfisac), MPIRUN the launcher (default: mpirun).
set -euo pipefail
[ $# -ge 2 ] || { printf 'usage: mpi.sh SCENARIO OUT [options]\n' >&2; exit 2; }
scenario=$1 out=$2
shift 2
: "${SLURM_NTASKS:?this is a job for several tasks; submit it with sbatch}"
read -ra launcher <<<"${MPIRUN:-mpirun}"
exec "${launcher[@]}" -n "$SLURM_NTASKS" "${CFISAC:-cfisac}" sweep "$scenario" --out "$out" --resume \
  --threads "${SLURM_CPUS_PER_TASK:-1}" "$@"

#!/bin/bash
# A campaign as a Slurm array: sbatch --array=1-32 ci/campaign/slurm.sh
# Publish the tool first: dotnet publish -c Release -r linux-x64 --self-contained src/Harness -o "$HOME/gdn-harness"
# Then, whatever became of the tasks (one that died is "not run"):
#   sbatch --dependency=afterany:JOB --wrap '"$HOME/gdn-harness/gdn-harness" merge campaign-JOB/report-*.json --html campaign-JOB.html'
#SBATCH --job-name=gdn-campaign
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=01:00:00
#SBATCH --output=campaign-%A-%a.log
set -euo pipefail

folder=${CAMPAIGN_DIR:-$PWD/campaign-$SLURM_ARRAY_JOB_ID}
mkdir -p "$folder"
# One core each: as many threads as the job has.
export DOTNET_PROCESSOR_COUNT=$SLURM_CPUS_PER_TASK
exec "${GDN_HARNESS:-$HOME/gdn-harness}/gdn-harness" check \
  --engine "${ENGINE:-cpu}" --model "${MODEL:-synth:qwen35:1:small}" \
  --cases "${SCHEDULES:-200000}" --kernel-cases "${KERNEL_CASES:-1000000}" --seed "${SEED:-1}" \
  --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
  --out "$folder/findings-$SLURM_ARRAY_TASK_ID" --json "$folder/report-$SLURM_ARRAY_TASK_ID.json"

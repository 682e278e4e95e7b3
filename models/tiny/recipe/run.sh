#!/usr/bin/env bash
# Rebuilds the tiny model: data, tokenizer, training, record of its accuracy. About 40 minutes on
# two cores. After an interruption, it resumes from the last checkpoint.
# Usage: models/tiny/recipe/run.sh [WORK_DIRECTORY]
set -euo pipefail
cd "$(dirname "$0")/../../.."
work=${1:-.whetstone/tiny-recipe}
python=${PYTHON:-engine/.venv/bin/python}
recipe=models/tiny/recipe
# Threads that spin while waiting waste most of their time on a shared machine.
export OMP_WAIT_POLICY=PASSIVE TOKENIZERS_PARALLELISM=false

if [ ! -f "$work/run/state.pt" ]; then
  npx tsx $recipe/generate.ts --out "$work" --conversations 30000 \
    --test models/tiny/data/test.jsonl --test-prompts $recipe/test-prompts.jsonl
  "$python" $recipe/build_tokenizer.py "$work/train.jsonl" models/tiny
fi
"$python" -u $recipe/train.py --data "$work/train.jsonl" --model models/tiny --work "$work/run" --tokens 7e6
"$python" $recipe/evaluate.py --record

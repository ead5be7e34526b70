#!/bin/sh
# What the open dashboard costs: training steps a second without it and with it at 120×40, five
# runs each in turn. Prints both medians and their ratio. Needs a release build, tmux and python3.
#
#   swift build -c release
#   Tests/Comparison/dashboard_cost.sh [STEPS] [TRAIN ARGUMENTS...]
#
# Without arguments a tiny network is trained, whose steps take some 150 µs.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
unfold=${UNFOLD:-$here/.build/release/unfold}
rounds=${ROUNDS:-5}
steps=${1:-20000}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- words --set network.hidden=64 --set training.batch=16 \
  --set training.sequence-length=32

work=$(mktemp -d)
socket=unfold-cost-$$
tmux="tmux -L $socket -f /dev/null"
trap '$tmux kill-server 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM

# Steps done over seconds of training, from a run's record.
rate() {
  python3 - "$1/events.jsonl" <<'PYTHON'
import json, sys

first = last = None
with open(sys.argv[1]) as file:
    for line in file:
        event = json.loads(line)
        if event.get("event") == "step":
            first, last = first or event, event
print((last["step"] - first["step"]) / (last["elapsed"] - first["elapsed"]))
PYTHON
}

# The last step of a run's record, empty before there is one.
last_step() {
  tail -n 1000 "$1/events.jsonl" 2>/dev/null \
    | sed -n 's/.*"event":"step","step":\([0-9]*\).*/\1/p' | tail -n 1
}

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

quote() {
  for word in "$@"; do printf "'%s' " "$(printf %s "$word" | sed "s/'/'\\\\''/g")"; done
}

headless() {
  "$unfold" train "$@" --steps "$steps" --headless --out "$work/headless-$round" >/dev/null
  rate "$work/headless-$round" >>"$work/headless"
}

dashboard() {
  run=$work/dashboard-$round
  $tmux new-session -d -x 120 -y 40 \
    "$(quote "$unfold" train "$@" --steps "$steps" --out "$run")"
  while [ "$(last_step "$run")" != "$steps" ]; do
    $tmux has-session 2>/dev/null || { echo "the dashboard ended early" >&2; exit 1; }
    sleep 1
  done
  $tmux kill-server
  rate "$run" >>"$work/dashboard"
}

# Every other round starts with the dashboard, so that a machine that slows down favours neither.
round=0
while [ "$round" -lt "$rounds" ]; do
  round=$((round + 1))
  if [ $((round % 2)) -eq 1 ]; then
    headless "$@"
    dashboard "$@"
  else
    dashboard "$@"
    headless "$@"
  fi
  pair="$(tail -n 1 "$work/headless") $(tail -n 1 "$work/dashboard")"
  echo "$pair" | awk -v r="$round" '{
    printf "round %d: headless %.1f, dashboard %.1f steps/s, ratio %.4f\n", r, $1, $2, $2 / $1 }'
  echo "$pair" | awk '{ print $2 / $1 }' >>"$work/ratios"
done

without=$(median "$work/headless")
with=$(median "$work/dashboard")
awk -v a="$without" -v b="$with" -v p="$(median "$work/ratios")" 'BEGIN {
  printf "medians: headless %.1f steps/s, dashboard %.1f steps/s, ratio %.4f (costs %.1f %%)\n",
    a, b, b / a, 100 * (1 - b / a)
  printf "median of the rounds\047 own ratios: %.4f (costs %.1f %%)\n", p, 100 * (1 - p) }'

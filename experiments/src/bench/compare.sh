#!/bin/sh
# Times scgrad and a peer in turn, A B A B, on the same cases, and writes a Markdown table of medians and their ratios.
#
#   experiments/src/bench/compare.sh [-n ROUNDS] [-t THREADS] [-r REPS] -p PEER -o FILE CASE-REGEX...
#
# PEER is a command that takes THREADS and case patterns, reads REPS from the environment, and prints a line a case as 'scgrad bench'
# does: name, best ms, median ms, rate, separated by tabs. What it calls <network>-infer@onnxruntime is compared with our <network>-infer.
# Each pattern is a JVM of its own for scgrad: what other networks ran before changes how C2 compiles a network by a fifth.
# FILE.times keeps every line of both sides.
set -eu

rounds=3
threads=2
reps=5
peer=
file=
usage() {
    sed -n '4s/^# *//p' "$0" >&2
    exit 2
}
while getopts n:t:r:p:o: option; do
    case $option in
        n) rounds=$OPTARG ;;
        t) threads=$OPTARG ;;
        r) reps=$OPTARG ;;
        p) peer=$OPTARG ;;
        o) file=$OPTARG ;;
        *) usage ;;
    esac
done
command="$0 -n $rounds -t $threads -r $reps -p PEER -o $file"
shift $((OPTIND - 1))
[ -n "$peer" ] && [ -n "$file" ] && [ $# -gt 0 ] || usage
home=$(CDPATH='' cd -P "$(dirname "$0")/../../.." && pwd)

# The peer's patterns: inference is ONNX Runtime's, everything else has the same name. Kept one a line.
patterns=
for pattern in "$@"; do
    patterns="$patterns(?!.*-infer\$)(?:$pattern)
(?:$pattern)@onnxruntime
"
    command="$command '$pattern'"
done

: >"$file.times"
round=1
while [ "$round" -le "$rounds" ]; do
    printf 'round %s of %s\n' "$round" "$rounds" >&2
    # through a file, because a pipe would hide a failure
    for pattern in "$@"; do
        "$home/scgrad" bench --threads "$threads" --reps "$reps" "$pattern" >"$file.side"
        sed 's/^/ours	/' "$file.side" >>"$file.times"
    done
    # shellcheck disable=SC2086 # split at line ends only
    (
        IFS='
'
        set -f
        REPS=$reps "$peer" "$threads" $patterns >"$file.side"
    )
    sed 's/^/peer	/; s/@onnxruntime	/	/' "$file.side" >>"$file.times"
    round=$((round + 1))
done

rm -f "$file.side"

awk -F '\t' -v command="$command" -v rounds="$rounds" -v threads="$threads" -v reps="$reps" '
function median(list,   n, i, j, t, v) {
    n = split(list, v, " ")
    for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j] + 0 < v[j - 1] + 0; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return n % 2 ? v[(n + 1) / 2] + 0 : (v[n / 2] + v[n / 2 + 1]) / 2
}
function tally(group, ratio) {
    if (!(group in count)) order[++groups] = group
    count[group]++
    logs[group] += log(ratio)
    if (!(group in least) || ratio < least[group]) least[group] = ratio
}
NF >= 5 {
    split($5, rate, " ")
    if (!($2 in seen)) { seen[$2] = 1; name[++cases] = $2; unit[$2] = rate[2] }
    times[$1, $2] = times[$1, $2] " " $4
    rates[$1, $2] = rates[$1, $2] " " rate[1]
}
END {
    printf "Both sides in turn, %d rounds of %d counted runs, %d threads; medians over the rounds. Ratio: how many times as fast as the peer.\n\n", rounds, reps, threads
    print "```\n" command "\n```\n"
    print "| case | scgrad, ms | peer, ms | scgrad | peer | ratio | faster |"
    print "|---|--:|--:|--:|--:|--:|---|"
    for (i = 1; i <= cases; i++) {
        c = name[i]
        if (!(("ours", c) in times) || !(("peer", c) in times)) { alone = alone " `" c "`"; continue }
        ours = median(times["ours", c]); other = median(times["peer", c])
        ratio = other / ours
        printf "| %s | %.2f | %.2f | %.1f %s | %.1f %s | %.2f | %s |\n", c, ours, other, median(rates["ours", c]), unit[c], median(rates["peer", c]), unit[c], ratio, (ratio < 1 ? "**peer**" : "scgrad")
        if (c ~ /^gemm/) tally("matrix products", ratio)
        else if (c ~ /^conv/) {
            tally(c ~ /-train$/ ? "convolutions, training" : "convolutions, forward", ratio)
            if (c ~ /-g([2-9]|1[0-9])/ || c ~ /-g32/) tally("grouped convolutions", ratio)
            else if (c ~ /-k3-s1-/) tally("3x3 convolutions, stride 1", ratio)
        }
        else if (c ~ /-train$/) tally("networks, training", ratio)
        else if (c ~ /-infer$/) tally("networks, inference", ratio)
        else tally("others", ratio)
    }
    print "\n| group | cases | geometric mean of the ratio | least |"
    print "|---|--:|--:|--:|"
    for (i = 1; i <= groups; i++) printf "| %s | %d | %.2f | %.2f |\n", order[i], count[order[i]], exp(logs[order[i]] / count[order[i]]), least[order[i]]
    if (alone) print "\nOne side only:" alone
}' "$file.times" >"$file"
cat "$file"

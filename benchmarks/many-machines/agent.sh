#!/bin/bash
# Stands for ssh: starts a command on a "host", which is a network namespace with a name and one core of its own.
# agent.sh [OPTION...] ADDRESS COMMAND...
while [[ $1 == -* ]]; do shift; done
number=${1##*.}
shift
export AUTODIDACT_CACHE=$CACHES/h$number
core=$((number % $(nproc --all)))
exec ip netns exec "autodidact-h$number" unshare --uts taskset -c $core bash -c "hostname h$number; $*"

#!/bin/sh
# Runs `image-tooling "$@"` where `nx run` was given arguments. Without them there is nothing left to do: the tasks that
# this one depends on have done it. The arguments are on file descriptor 3 (src/command-line.ts says why).
read -r arguments <&3
[ -n "$arguments" ] || exit 0
exec image-tooling "$@" --arguments-fd=3 3<<END
$arguments
END

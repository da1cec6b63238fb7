import { PIPES_INSIDE } from './rootfs';

/**
 * As for a step (see runner.ts), but the exit code has a pipe of its own. The shell stays, so that the exit
 * code of a command is 128 + the number of the signal that ended it; its own exit code is always 0, since
 * buildah prints any other.
 */
const insidePipes = `
umask 022
exec 2> /dev/null 3> ${PIPES_INSIDE}/err 4> ${PIPES_INSIDE}/out 6> ${PIPES_INSIDE}/code
(cd -- "$1" && shift && exec env -i "$@") >&4 2>&3 3>&- 4>&- 6>&-
echo $? >&6
`;
const insideTerminal = `
umask 022
exec 6> ${PIPES_INSIDE}/code
readlink /proc/self/fd/0 >&6
(cd -- "$1" && shift && exec env -i "$@") 6>&-
echo $? >&6
`;

/** buildah's own output is kept: it says why buildah could not start the command. */
const outsidePipes = `
pipes=$1; shift
mkfifo -m 666 -- "$pipes/out" "$pipes/err" "$pipes/code"
cat < "$pipes/out" & cat < "$pipes/err" >&2 & cat < "$pipes/code" > "$pipes.code" &
exec 3> "$pipes/out" 4> "$pipes/err" 5<&0 6> "$pipes/code"
unshare --pid --fork --kill-child --mount-proc -- "$@" <&5 > "$pipes.said" 2>&1 3>&- 4>&- 6>&-
exec 3>&- 4>&- 6>&-
wait
`;
const outsideTerminal = `
pipes=$1; shift
mkfifo -m 666 -- "$pipes/code"
cat < "$pipes/code" > "$pipes.code" &
exec 6> "$pipes/code"
unshare --pid --fork --kill-child --mount-proc -- "$@" 2> "$pipes.said" 6>&-
exec 6>&-
wait
`;

/** The scripts in the container: with a new terminal, or with our standard streams. */
export const INSIDE = { terminal: insideTerminal, pipes: insidePipes };
/** The scripts around buildah. */
export const OUTSIDE = { terminal: outsideTerminal, pipes: outsidePipes };

import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { KILL_OTHERS } from '../src/command-script';

/** Its first thread ends, and another one goes on: proc(5) lists it as a zombie. */
const WITHOUT_FIRST_THREAD =
  'python3 -c "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(300,)).start(); ctypes.CDLL(None).pthread_exit(None)"';

/** Waits for the zombie; the shell collects no processes before it ends. */
const isZombie = 'until grep -q "^State:.Z" "/proc/$!/status"; do sleep 0.05; done';

function inPidNamespace(script: string): string {
  const user = process.geteuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const argv = [...user, '--pid', '--fork', '--kill-child', '--mount-proc', '--'];
  return execFileSync('unshare', [...argv, 'sh', '-c', `exec 2> /dev/null\n${KILL_OTHERS}\n${script}`], {
    encoding: 'utf8',
  });
}

it('kills all processes but the given ones', () => {
  const list = 'for process in /proc/[0-9]*; do echo "${process#/proc/}"; done';
  const script = `sleep 300 & kept=$!; sleep 300 & kill_others 1000 "$kept"; echo "$? $kept"; ( : ); ${list}`;
  const [result, ...left] = inPidNamespace(script).trim().split('\n');
  expect(result).toMatch(/^0 \d+$/);
  expect(left).toEqual(['1', result?.slice(2)]);
});

it('kills a process whose first thread has ended', () => {
  const threads = 'ls "/proc/$!/task" 2> /dev/null | wc -l';
  const script = `${WITHOUT_FIRST_THREAD} & ${isZombie}; ${threads}; kill_others 1000; echo $?; ( : ); ${threads}`;
  expect(inPidNamespace(script)).toBe('2\n0\n0\n');
});

it('fails if there are still others after so many looks', () => {
  expect(inPidNamespace('sleep 300 & kill_others 1; echo $?')).toBe('1\n');
});

import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../src';

/** Takes the lock at the path given, tells so, and keeps it until its test kills this process. */
void withLock(process.argv[2] ?? '', new AbortController().signal, async () => {
  process.stdout.write('held\n');
  await sleep(600_000);
  throw new Error('This process was to be killed.');
});

import { runInForeground } from '@image-tooling/host/process';
import { ok, type Result } from '@image-tooling/model';
import { describe } from '../script/describe';
import { wordsOf, type Call } from '../command-line/call';

/** Gets the image in use. Returns the engine's exit code. */
export async function pullCommand(call: Call): Promise<Result<number>> {
  const words = wordsOf(call, 0, 0, 'toolbox pull');
  return words.ok ? pullImage(call) : words;
}

/** Gets the image that a call made now would use, with the engine's own progress. */
export async function pullImage({ options, host, parts }: Call): Promise<Result<number>> {
  const now = await describe(options, host, parts);
  if (!now.ok) return now;
  const { engine, image } = now.value;
  const ended = await runInForeground({ argv: [engine, 'pull', image], env: host.env, cwd: host.cwd() });
  return ended.ok ? ok(ended.value.exitCode) : ended;
}

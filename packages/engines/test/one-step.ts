import { openBuildah } from '../src/buildah/open';
import type { SystemLayer } from '../src';

const nothing = (): void => undefined;
const SILENT_STEP = { status: nothing, output: nothing, done: nothing, failed: nothing };

/** Runs a shell script in a system on buildah and prints its output. Arguments: store, layer, script. */
async function main([storeRoot = '', layer = '', script = '']: readonly string[]): Promise<void> {
  const engine = await openBuildah({ env: process.env, storeRoot });
  if (!engine.ok) throw new Error(JSON.stringify(engine.failures));
  const result = await engine.value.run(
    {
      label: 'one step',
      platform: process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64',
      system: [JSON.parse(layer) as SystemLayer],
      commands: [{ argv: ['sh', '-c', script] }],
      env: { PATH: '/bin' },
      mounts: [],
      network: 'none',
      onFailure: 'stop',
      timeoutSeconds: 600,
    },
    { signal: new AbortController().signal, progress: { step: () => SILENT_STEP, note: nothing } },
  );
  await engine.value.close();
  if (!result.ok) throw new Error(JSON.stringify(result.failures));
  process.stdout.write(result.value.commands[0]?.stdout ?? '');
}

void main(process.argv.slice(2));

import { openEngine } from '../src';
import type { SystemLayer } from '../src';

const nothing = (): void => undefined;
const SILENT_STEP = { status: nothing, output: nothing, done: nothing, failed: nothing };

/** Opens an engine and runs a step that takes long; its test kills it. Arguments: store, layer, mark. */
async function main([storeRoot = '', layer = '', mark = '']: readonly string[]): Promise<void> {
  const engine = await openEngine({ env: { ...process.env, IMAGE_ENGINE: 'buildah' }, storeRoot });
  if (!engine.ok) throw new Error(JSON.stringify(engine.failures));
  const result = await engine.value.run(
    {
      label: 'killed',
      platform: process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64',
      system: [JSON.parse(layer) as SystemLayer],
      commands: [{ argv: ['sh', '-c', `echo running; sleep ${mark} & sleep ${mark}`] }],
      env: { PATH: '/bin' },
      mounts: [],
      network: 'none',
      onFailure: 'stop',
      timeoutSeconds: 600,
    },
    { signal: new AbortController().signal, progress: { step: () => SILENT_STEP, note: nothing } },
    (line) => process.stdout.write(`${line}\n`),
  );
  throw new Error(`The step was to be killed: ${JSON.stringify(result)}`);
}

void main(process.argv.slice(2));

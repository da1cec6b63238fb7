/**
 * Calls of a tool through an alias, through `toolbox`, and in a kept container, against `podman run --rm` of the same
 * image, as root. Podman alone is measured as people type it, and with the network, mounts and variables of a call.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packedToolbox } from '../packages/toolbox/test/packed-toolbox';
import { IMAGE, startPodman } from '../packages/toolbox/test/real-engines';
import { inTurns, type Contestant } from './lib/measure';
import { runProgram } from './lib/programs';
import { ratio, report } from './lib/report';

const ROUNDS = Number(process.argv[2] ?? 30);
const COMMAND = 'true';

const engine = await startPodman();
const cwd = join(engine.home, 'project');
const aliases = join(engine.home, 'aliases');
const env = { ...engine.env, NODE_OPTIONS: '' };
try {
  mkdirSync(cwd);
  const toolbox = await packedToolbox(join(engine.home, 'toolbox'), '0.0.0');
  runProgram([...toolbox, 'alias', '--dir', aliases, COMMAND], { cwd, env });
  runProgram([...toolbox, 'alias', '--keep', '--dir', `${aliases}-keep`, COMMAND], {
    cwd,
    env,
  });
  const same = runProgram([...toolbox, '--print', COMMAND], { cwd, env });
  runProgram([`${aliases}-keep/${COMMAND}`], { cwd, env });
  const timings = await inTurns(ROUNDS, [
    called('podman run --rm', 'podman', 'run', '--rm', IMAGE, COMMAND),
    called('alias', `${aliases}/${COMMAND}`),
    called('podman run --rm, same options', '/bin/sh', '-c', same),
    called('toolbox', ...toolbox, COMMAND),
    called('kept container', `${aliases}-keep/${COMMAND}`),
  ]);
  const against = (name: string) => ratio(timings, name, 'podman run --rm');
  report(timings, [
    { name: 'alias / podman run --rm', value: against('alias'), atMost: 1.03 },
    { name: 'kept / podman run --rm', value: against('kept container'), atMost: 0.6 },
    { name: 'toolbox / podman run --rm', value: against('toolbox'), atMost: 1.25 },
    {
      name: 'for comparison: alias / podman with the same options',
      value: ratio(timings, 'alias', 'podman run --rm, same options'),
      atMost: Infinity,
    },
  ]);
} finally {
  await engine.stop();
}

function called(name: string, ...argv: [string, ...string[]]): Contestant {
  return {
    name,
    run: () => {
      const [file, ...args] = argv;
      const { status, stderr } = spawnSync(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr.toString()}`);
    },
  };
}

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { costOf } from '../lib/cost';
import { runProgram } from '../lib/programs';
import type { Builder } from './builder';
import { writeDockerfiles } from './dockerfiles';
import { IMAGES, type Graph } from './graph';

/** `docker-buildx bake` with a BuildKit of its own. Both programs must be on the path. */
export function bake(graph: Graph, folder: string): Builder {
  const root = join(folder, 'buildkit');
  const socket = `unix://${root}.sock`;
  const env = {
    ...process.env,
    BUILDX_CONFIG: join(folder, 'buildx'),
    BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
    BUILDX_BAKE_ENTITLEMENTS_FS: '0',
  };
  let daemon: ChildProcess | undefined;
  const run = (more: readonly string[]): ReturnType<typeof costOf> =>
    costOf(['docker-buildx', 'bake', '--builder', 'peers', '-f', join(folder, 'bake.json'), ...more], {
      cwd: graph.context,
      env,
      daemons: [daemon!.pid!],
    });
  return {
    name: 'bake',
    async reset() {
      await stopDaemon(daemon);
      rmSync(root, { recursive: true, force: true });
      mkdirSync(root, { recursive: true });
      daemon = await startDaemon(root, socket);
      if (!existsSync(env.BUILDX_CONFIG))
        runProgram(['docker-buildx', 'create', '--name', 'peers', '--driver', 'remote', socket], { env });
    },
    build(description) {
      writeDockerfiles(graph, description, (parent) => parent);
      writeFileSync(join(folder, 'bake.json'), JSON.stringify(bakeFile(graph)));
      return run(['--set', '*.output=type=cacheonly']);
    },
    publish: (registry) =>
      run(
        IMAGES.flatMap((image) => [
          '--set',
          `${image}.output=type=image,name=${registry}/${image}:latest,push=true,registry.insecure=true`,
        ]),
      ),
    stop: () => stopDaemon(daemon),
  };
}

function bakeFile({ base, context }: Graph): object {
  const contextsOf = (image: string): object =>
    image === 'tooling-k8s' ? { base: `oci-layout://${base}:dev` } : { 'tooling-k8s': 'target:tooling-k8s' };
  const target = Object.fromEntries(
    IMAGES.map((image) => [
      image,
      {
        context,
        dockerfile: join(context, 'dockerfiles', image),
        network: 'none',
        contexts: contextsOf(image),
      },
    ]),
  );
  return { group: { default: { targets: IMAGES } }, target };
}

async function startDaemon(root: string, socket: string): Promise<ChildProcess> {
  const log = openSync(`${root}.log`, 'a');
  const args = [
    '--root',
    root,
    '--addr',
    socket,
    '--containerd-worker=false',
    '--oci-worker-snapshotter=overlayfs',
  ];
  const daemon = spawn('buildkitd', args, { stdio: ['ignore', log, log] });
  for (let tries = 0; tries < 100 && !existsSync(socket.slice('unix://'.length)); tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return daemon;
}

async function stopDaemon(daemon: ChildProcess | undefined): Promise<void> {
  if (daemon?.exitCode !== null) return;
  const ended = new Promise((resolve) => daemon.once('close', resolve));
  daemon.kill('SIGTERM');
  await ended;
}

import { run } from '@image-tooling/host';
import { ok, type Result } from '@image-tooling/model';
import { noContainerd } from './containerd';
import { startDockerd, type Dockerd } from './dockerd';
import { missing, pullWith, runWith, versionOf } from './programs';
import { openScratch } from './scratch';
import type { Consumer } from './types';

/** Docker reads zstd from this version on (the release notes of Docker Engine 23.0). */
const FIRST_WITH_ZSTD = 23;

/**
 * Docker: a daemon that is started for it where root can, else one that answers, from which the pulled images
 * are removed at the end.
 */
export function docker(): Consumer {
  const scratch = openScratch('docker');
  const pulled = new Set<string>();
  let own: Promise<Result<Dockerd>> | undefined;
  const command = async (): Promise<Result<readonly [string, ...string[]]>> => {
    if ((await noDaemonOfOurOwn()) !== undefined) return ok(['docker']);
    const dockerd = await (own ??= scratch.folder().then(startDockerd));
    return dockerd.ok ? ok(dockerd.value.client) : dockerd;
  };
  return {
    name: 'docker',
    available: async () => ((await noDaemonOfOurOwn()) === undefined ? undefined : noDaemonAnswers()),
    version,
    readsZstd: async () => Number(/\d+/.exec(await version())?.[0] ?? 0) >= FIRST_WITH_ZSTD,
    async pull(reference) {
      const client = await command();
      if (!client.ok) return client;
      pulled.add(reference);
      return pullWith([...client.value, 'pull', '--quiet', reference]);
    },
    async run(reference, argv) {
      const client = await command();
      if (!client.ok) return client;
      return runWith([...client.value, 'run', '--rm', '--pull=never', '--network=none', reference, ...argv]);
    },
    async cleanup() {
      const dockerd = await own;
      own = undefined;
      if (dockerd?.ok) await dockerd.value.stop();
      else for (const image of pulled) await run({ argv: ['docker', 'rmi', image], timeoutSeconds: 60 });
      pulled.clear();
      await scratch.remove();
    },
  };
}

async function noDaemonOfOurOwn(): Promise<string | undefined> {
  return (await noContainerd()) ?? missing('docker', 'dockerd');
}

const ASK = ['docker', 'version', '--format', '{{.Server.Version}}'] as const;

async function noDaemonAnswers(): Promise<string | undefined> {
  const asked = await run({ argv: ASK, timeoutSeconds: 20 });
  return asked.ok && asked.value.exitCode === 0
    ? undefined
    : `no Docker daemon answers, and none can be started: ${await noDaemonOfOurOwn()}`;
}

async function version(): Promise<string> {
  if ((await noDaemonOfOurOwn()) === undefined) return versionOf('dockerd', '--version');
  return `Docker version ${await versionOf(...ASK)}`;
}

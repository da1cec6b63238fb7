import { realpath } from 'node:fs/promises';
import { ask, type Answer } from '../local/engines';
import { programPath } from '../local/programs';
import type { Finding, Machine } from './finding';

/** The first release that reads zstd layers, which our images have (release notes of Docker Engine 23.0). */
const FIRST_WITH_ZSTD = 23;

/** Checks Docker: whether it answers, is new enough, and runs on this machine. */
export async function checkDocker(machine: Machine): Promise<Finding[]> {
  const { host } = machine;
  const remote = remoteFinding(host.env['DOCKER_HOST'] ?? '');
  if (remote) return [remote];
  const answer = await ask(host, 'docker', 'version', '--format', '{{.Server.Version}}');
  if (answer.exitCode !== 0) return [failureFinding(answer, machine)];
  return [...oldFindings(answer.stdout.trim()), ...(await snapFindings(machine))];
}

function remoteFinding(address: string): Finding | undefined {
  if (!/^(tcp|ssh|https?):/.test(address)) return undefined;
  return {
    id: 'docker-remote',
    problem: `DOCKER_HOST is ${address.replace(/\/\/.*@/, '//')}: another machine's Docker cannot see your folders.`,
    fix: 'unset DOCKER_HOST, or use an engine of this machine: toolbox --engine podman …',
  };
}

const FAILURES: readonly {
  readonly pattern: RegExp;
  readonly id: string;
  readonly problem: string;
  readonly fix: string;
}[] = [
  {
    pattern: /permission denied/i,
    id: 'docker-permission',
    problem: "You may not use Docker's socket.",
    fix: 'sudo usermod -aG docker "$USER", then log in again. Members of that group can become root.',
  },
  {
    pattern: /could not be found in this WSL/i,
    id: 'docker-wsl',
    problem: 'Docker Desktop does not serve this WSL distribution.',
    fix: 'Docker Desktop > Settings > Resources > WSL integration: switch it on for this distribution.',
  },
];

function failureFinding({ stderr }: Answer, { host }: Machine): Finding {
  const known = FAILURES.find(({ pattern }) => pattern.test(stderr));
  if (known) return { id: known.id, problem: known.problem, fix: known.fix };
  return {
    id: 'docker-stopped',
    problem: `Docker does not answer: ${stderr.trim().split('\n').at(-1) || 'no reason given'}`,
    fix:
      host.platform === 'darwin' ? 'Start Docker Desktop, or: colima start' : 'sudo systemctl start docker',
  };
}

function oldFindings(version: string): Finding[] {
  if (Number(/^\d+/.exec(version)?.[0] ?? FIRST_WITH_ZSTD) >= FIRST_WITH_ZSTD) return [];
  return [
    {
      id: 'docker-old',
      problem: `Docker ${version} cannot read layers that are compressed with zstd.`,
      fix: `Install Docker ${FIRST_WITH_ZSTD} or later, or Podman, or have the image published with "compression": "gzip".`,
    },
  ];
}

/** A snap sees nothing but the home folder (https://snapcraft.io/docker). */
async function snapFindings({ host }: Machine): Promise<Finding[]> {
  const program = await programPath('docker', host.env);
  const path = program === undefined ? '' : await realpath(program).catch(() => program);
  const isOutside = !`${host.cwd()}/`.startsWith(`${host.env['HOME'] ?? ''}/`);
  if (!/(^|\/)snap\//.test(`${program} ${path}`) || !isOutside) return [];
  return [
    {
      id: 'docker-snap',
      problem: `Docker is a snap, which cannot see ${host.cwd()}: it is outside your home folder.`,
      fix: 'Work below your home folder, or install Docker from packages: sudo snap remove docker && sudo apt install docker.io',
    },
  ];
}

import { readdir } from 'node:fs/promises';
import { run } from '@image-tooling/host/process';
import type { OptionValues } from '../command-line/arguments';
import { scriptProgram } from '../script/run';
import { settingsOf } from '../script/settings';
import type { Parts } from '../command-line/types';
import type { Finding, ReadyMachine } from './finding';
import { pluginsOf } from './kubeconfig';

/** The arguments are programs that must be there. */
const PROBE = `
echo "files=$(ls -A /work | wc -l | tr -d ' ')"
if [ -n "\${SSH_AUTH_SOCK:-}" ] && [ ! -w "$SSH_AUTH_SOCK" ]; then echo "agent=$(ls -ln "$SSH_AUTH_SOCK")"; fi
if ! : > "$HOME/.toolbox-doctor"; then echo home=no; fi
rm -f "$HOME/.toolbox-doctor"
for name; do command -v "$name" > /dev/null || echo "missing=$name"; done`;

const SECONDS = 60;

/** Makes a call as any other, and looks at what it sees. */
export async function checkCall(
  machine: ReadyMachine,
  options: OptionValues,
  parts: Parts,
): Promise<Finding[]> {
  const { host } = machine;
  const settings = settingsOf({ ...options, keep: undefined }, 'run');
  if (!settings.ok) return [];
  const plugins = await pluginsOf(machine);
  const words = ['sh', '-c', PROBE, 'probe', ...plugins];
  const program = scriptProgram(settings.value, words, { host, parts, engine: options.engine?.at(-1) });
  const seen = await run({ ...program, timeoutSeconds: SECONDS });
  if (!seen.ok) return [callFinding(seen.failures[0].message)];
  const { exitCode, stdout, stderr } = seen.value;
  if (exitCode !== 0 && !stdout.includes('files=')) return [callFinding(stderr)];
  return findingsIn(stdout.split('\n'), machine);
}

function callFinding(stderr: string): Finding {
  const reason = stderr.trim().split('\n').at(-1) ?? '';
  return {
    id: 'call-fails',
    problem: `A call fails: ${reason}`,
    fix: 'toolbox --print true shows the command line that fails.',
  };
}

async function findingsIn(lines: readonly string[], machine: ReadyMachine): Promise<Finding[]> {
  const values = (key: string): string[] =>
    lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));
  return [
    ...(await folderFindings(values('files')[0] ?? '', machine)),
    ...values('agent').map((owner) => agentFinding(owner)),
    ...values('home').map(() => homeFinding(machine)),
    ...values('missing').map((name) => pluginFinding(name, machine)),
  ];
}

async function folderFindings(seen: string, { now }: ReadyMachine): Promise<Finding[]> {
  const here = await readdir(now.project).catch(() => []);
  if (here.length === 0 || seen !== '0') return [];
  const isColima = now.context.startsWith('colima');
  return [
    {
      id: 'folder-not-shared',
      problem: `${now.project} is empty in the container: the engine's virtual machine does not share it.`,
      fix: isColima
        ? `colima stop && colima start --mount "${now.project}:w"`
        : `Share the folder: Docker Desktop > Settings > Resources > File sharing, or: podman machine init --volume "${now.project}"`,
    },
  ];
}

function agentFinding(owner: string): Finding {
  return {
    id: 'agent-owner',
    problem: `The ssh agent's socket cannot be used in the container: ${owner}`,
    fix: 'Start the agent as the user who calls toolbox; with Colima: colima start --ssh-agent; or leave it out: --without ssh',
  };
}

function homeFinding({ now }: ReadyMachine): Finding {
  return {
    id: 'home-read-only',
    problem: `The home folder ${now.data}/home cannot be written in the container.`,
    fix: `sudo chown -R "$(id -u):$(id -g)" ${now.data}`,
  };
}

function pluginFinding(name: string, { now }: ReadyMachine): Finding {
  return {
    id: 'kubeconfig-plugin',
    problem: `A kubeconfig runs ${name} to log in, which ${now.image} does not have.`,
    fix: `Use an image with ${name} (aws: tooling-k8s-aws), or add it to the image's tools.`,
  };
}

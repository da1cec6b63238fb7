import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from '../local/engines';
import type { Finding, Machine, ReadyMachine } from './finding';

/** Checks Podman: whether it answers, and has what rootless containers and signals need. */
export async function checkPodman(machine: ReadyMachine): Promise<Finding[]> {
  const missing = await idFindings(machine);
  const answer = await ask(machine.host, 'podman', 'info', '--format', '{{.Version.Version}}');
  if (answer.exitCode !== 0 && missing.length === 0) return [failureFinding(answer.stderr)];
  return [...missing, ...initFindings(machine)];
}

function failureFinding(stderr: string): Finding {
  const reason = stderr.trim().split('\n').at(-1) || 'no reason given';
  if (/newuidmap|newgidmap/.test(stderr))
    return {
      id: 'podman-newuidmap',
      problem: `Podman cannot map users: ${reason}`,
      fix: 'sudo apt install uidmap (Fedora: shadow-utils)',
    };
  if (/podman machine|connect to podman/i.test(stderr))
    return {
      id: 'podman-machine',
      problem: "Podman's virtual machine does not run.",
      fix: 'podman machine init (once), then: podman machine start',
    };
  return { id: 'podman-broken', problem: `Podman does not work: ${reason}`, fix: 'podman info shows more.' };
}

/** Without them, images whose files belong to several users can't be unpacked (subuid(5)). */
async function idFindings({ root, uid, user, now }: ReadyMachine): Promise<Finding[]> {
  if (uid === 0 || now.system === 'Darwin') return [];
  const lacking = await lackingFiles({ root, uid, user });
  if (lacking.length === 0) return [];
  return [
    {
      id: 'podman-no-ids',
      problem: `${user} has no subordinate ids in ${lacking.join(' and ')}, which Podman needs.`,
      fix: `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${user} && podman system migrate`,
    },
  ];
}

async function lackingFiles({ root, uid, user }: Pick<Machine, 'root' | 'uid' | 'user'>): Promise<string[]> {
  const files = ['etc/subuid', 'etc/subgid'];
  const texts = await Promise.all(
    files.map(async (file) => readFile(join(root, file), 'utf8').catch(() => '')),
  );
  const has = (text: string) =>
    text.split('\n').some((line) => [user, `${uid}`].includes(line.split(':')[0] ?? ''));
  return files.filter((_, index) => !has(texts[index] ?? '')).map((file) => `/${file}`);
}

function initFindings({ now }: ReadyMachine): Finding[] {
  if (now.init !== '') return [];
  return [
    {
      id: 'podman-no-init',
      problem:
        'Podman has no init program: a shell passes signals on instead, and Ctrl-C arrives as SIGTERM.',
      fix: 'sudo apt install catatonit (Fedora: sudo dnf install podman-catatonit)',
    },
  ];
}

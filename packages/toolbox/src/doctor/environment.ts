import { stat } from 'node:fs/promises';
import type { Finding, ReadyMachine } from './finding';

/** Checks what variables name: the ssh agent, proxies. */
export async function checkEnvironment(machine: ReadyMachine): Promise<Finding[]> {
  return [...(await agentFindings(machine)), ...proxyFindings(machine)];
}

async function agentFindings({ host }: ReadyMachine): Promise<Finding[]> {
  const path = host.env['SSH_AUTH_SOCK'] ?? '';
  if (path === '') return [];
  const found = await stat(path).catch(() => undefined);
  if (found?.isSocket()) return [];
  return [
    {
      id: 'agent-gone',
      problem: `SSH_AUTH_SOCK names no socket: ${path}. The agent has ended.`,
      fix: 'eval "$(ssh-agent)" && ssh-add; in tmux or screen, open a new session.',
    },
  ];
}

/** In a virtual machine, 127.0.0.1 is not this machine. */
function proxyFindings({ host, now }: ReadyMachine): Finding[] {
  if (now.network !== 'machine') return [];
  const names = ['http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];
  const local = names.filter((name) => /\/\/([^/]*@)?(127\.|localhost|\[::1\])/.test(host.env[name] ?? ''));
  if (local.length === 0) return [];
  return [
    {
      id: 'proxy-loopback',
      problem: `${local.join(', ')}: the proxy's address is this machine's own, which containers cannot reach.`,
      fix: 'Write host.docker.internal instead of 127.0.0.1 or localhost.',
    },
  ];
}

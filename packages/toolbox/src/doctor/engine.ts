import { ask, ENGINES } from '../local/engines';
import { checkDocker } from './docker';
import { programPath } from '../local/programs';
import type { Finding, Machine, ReadyMachine } from './finding';
import { checkPodman } from './podman';

/** Checks the engine that a call would use. */
export async function checkEngine(machine: ReadyMachine): Promise<Finding[]> {
  if (machine.now.engine === 'docker') return checkDocker(machine);
  if (machine.now.engine === 'podman') return checkPodman(machine);
  const { exitCode, stderr } = await ask(machine.host, 'nerdctl', 'info');
  if (exitCode === 0) return [];
  const problem = `nerdctl does not work: ${stderr.trim().split('\n').at(-1) ?? ''}`;
  return [{ id: 'nerdctl-broken', problem, fix: 'sudo systemctl start containerd' }];
}

/** Says why no engine can be used, where a call finds none. */
export async function checkEngines(machine: Machine): Promise<Finding[]> {
  const { host } = machine;
  const programs = await Promise.all(ENGINES.map(async (engine) => programPath(engine, host.env)));
  if (programs[0] !== undefined) return checkDocker(machine);
  if (programs.some((path) => path !== undefined)) return [];
  return [
    {
      id: 'no-engine',
      problem: 'There is no docker, podman or nerdctl on your PATH.',
      fix:
        host.platform === 'darwin'
          ? 'Install Docker Desktop, Colima or Podman: brew install podman'
          : 'sudo apt install podman catatonit uidmap (Fedora: sudo dnf install podman)',
    },
  ];
}

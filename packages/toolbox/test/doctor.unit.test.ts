import { join } from 'node:path';
import { temporaryFolder } from '@image-tooling/testkit/helpers';
import { describe, expect, it } from 'vitest';
import { BROKEN } from './doctor-broken';
import { DOCKER, MACOS } from './doctor-engines';
import { examine, type Broken } from './doctor-rig';
import { NO_SOCKET, program, socketAt } from './rig';

describe('finds nothing where everything works', () => {
  it.each<[string, Broken]>([
    ['Podman', {}],
    ['Docker', DOCKER],
    ['nerdctl', { engines: ['nerdctl'] }],
    ['Podman on macOS', MACOS],
  ])('%s', async (_, broken) => {
    expect(await examine({ ...broken, paths: NO_SOCKET })).toEqual([]);
  });
});

describe('finds', () => {
  it.each(BROKEN)('%s: %s', async (id, fix, broken) => {
    const found = await examine(broken);
    expect(found.map((one) => one.id)).toEqual([id]);
    expect(found[0]!.fix).toMatch(fix);
    expect(found[0]!.problem.length).toBeGreaterThan(20);
  });

  it('at least 20 set-ups', () => {
    expect(new Set(BROKEN.map(([id]) => id)).size).toBeGreaterThanOrEqual(20);
  });

  it('all that is wrong at once, and no agent that works', async () => {
    const socket = await socketAt(join(temporaryFolder(), 'agent.sock'));
    const found = await examine({
      env: { KUBECONFIG: '/not/there', SSH_AUTH_SOCK: socket, TOOLBOX_IMAGE: '' },
      change: ({ bin }) => program(bin, 'toolbox', 'true'),
    });
    expect(found.map(({ id }) => id)).toEqual(['no-image', 'other-toolbox', 'kubeconfig-missing']);
  });
});

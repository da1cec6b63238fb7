import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestHost } from './host';

const KEPT = 'Finished steps are kept: run the same command to continue.\n';
/** Nx 23.2 and 24.0 signal a task this long after its programs. */
const NX_LATER_MS = 100;

let host: TestHost;

beforeEach(() => {
  host = new TestHost();
  host.write('nx.json', {});
  host.write('tools/x/tool.json', {
    description: 'X',
    homepage: 'https://example.com',
    license: 'MIT',
    version: '1.0.0',
    sources: { npm: { package: 'x', files: { x: 'bin/x' } } },
  });
});
afterEach(() => host.remove());

describe('a command whose program got the signal first', () => {
  it.each(['INT', 'TERM', 'HUP'])('was stopped: SIG%s', async (signal) => {
    host.program('npm', `kill -${signal} $$`);
    const { exitCode, stderr } = await host.run('lock', 'x');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 130,
      stderr: `Stopped: "npm" was ended by SIG${signal}. ${KEPT}`,
    });
  });

  it('was stopped if Nx signals it later and the program exits with 1', async () => {
    host.env['NX_TASK_HASH'] = '1';
    host.program('npm', 'exit 1');
    host.onOutput(/✗/, () => setTimeout(() => host.emit('SIGTERM'), NX_LATER_MS));
    expect(await host.run('lock', 'x')).toMatchObject({ exitCode: 130, stderr: `Stopped. ${KEPT}` });
  });

  it('has failed if there is no signal', async () => {
    host.env['NX_TASK_HASH'] = '1';
    host.program('npm', 'exit 1');
    const { exitCode, stderr } = await host.run('lock', 'x');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('npm could not fetch x@1.0.0. (network)');
  });
});

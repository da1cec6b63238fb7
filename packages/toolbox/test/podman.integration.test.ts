import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  callReal,
  expectExitCodes,
  expectPipes,
  expectSignals,
  expectTerminals,
  expectToRunAsYou,
} from './behaviour';
import { IMAGE, startPodman, whyNoPodman, type RealEngine } from './real-engines';

// The whole matrix, with Docker and rootless Podman: engines.e2e.test.ts.
const reason = whyNoPodman();
if (reason !== undefined) console.warn(`skipped: toolbox with Podman: ${reason}`);

describe.skipIf(reason !== undefined)('with Podman', () => {
  let engine: RealEngine;
  beforeAll(async () => {
    engine = await startPodman();
  });
  afterAll(() => engine.stop());

  it('runs as you', () => expectToRunAsYou(engine));
  it('ends as the command ends', () => expectExitCodes(engine, [0, 255]));
  it('is a part of pipes', () => expectPipes(engine));
  it('has a terminal only where there is one', () => expectTerminals(engine));
  it('passes signals on', () => expectSignals(engine));

  it('keeps a container for the next calls', () => {
    const first = callReal(engine, ['--keep=60', 'sh', '-c', 'readlink /proc/1/ns/pid; exit 3']);
    const second = callReal(engine, ['--keep=60', 'sh', '-c', 'readlink /proc/1/ns/pid; exit 3']);
    expect(first).toEqual({ exitCode: 3, stdout: expect.stringMatching(/^pid:/) as string, stderr: '' });
    expect(second).toEqual(first);
  });

  it('asks no registry for an image that is there, and says what an image lacks', () => {
    const unreachable = callReal(engine, ['--image', IMAGE, 'echo', 'ran'], {
      env: { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' },
    });
    expect(unreachable).toEqual({ exitCode: 0, stdout: 'ran\n', stderr: '' });
    const wrong = callReal(engine, ['--image', '127.0.0.1:9/not/there:1', 'true']);
    expect(wrong.exitCode).toBe(125);
    expect(wrong.stderr).toContain('127.0.0.1:9/not/there');
  });
});

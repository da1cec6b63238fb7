import type { TestReport } from '@image-tooling/model';
import type { Built } from '@image-tooling/pipeline';
import { describe, expect, it } from 'vitest';
import { builtLines, loadedLines, testedLines } from '../src/display/summary';

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const;
const layer = (kind: 'bootstrap' | 'apt' | 'tool' | 'files' | 'help', owner: string, size: number) => ({
  kind,
  owner,
  size,
  tarSize: size,
  time: 0,
  buildId: digest('b'),
  diffId: digest('d'),
  digest: digest('e'),
  compression: 'zstd' as const,
});

describe('the last lines', () => {
  it('of an image: what it is made of, its digest, how to try it', () => {
    const built: Built = {
      kind: 'image',
      name: 'tooling-k8s',
      made: {
        image: {
          manifestDigest: digest('a'),
          manifestSize: 1,
          configDigest: digest('c'),
          configSize: 1,
          layers: [],
        },
        layers: [
          layer('bootstrap', 'base', 41_000_000),
          layer('files', 'base', 1300),
          layer('tool', 'yq', 3_900_000),
          layer('apt', 'tooling-k8s', 52_300_000),
          layer('tool', 'k9s', 38_400_000),
          layer('help', 'tooling-k8s', 900),
        ],
        inherited: 3,
        inheritance: {} as never,
        digests: {} as never,
        recipe: {} as never,
      },
    };
    expect(builtLines(built, 'linux/amd64').join('\n')).toMatchInlineSnapshot(`
      "
      tooling-k8s linux/amd64
        bootstrap layer of base                 41 MB  inherited
        files layer of base                    1.3 kB  inherited
        tool yq                                3.9 MB  inherited
        apt layer of tooling-k8s                52 MB  own
        tool k9s                                38 MB  own
        help layer of tooling-k8s               900 B  own
        total                                  136 MB
        digest sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa

      Try it: npx nx run tooling-k8s:load --to=docker && docker run --rm -it tooling-k8s:dev"
    `);
  });

  it('of a tool: its layer', () => {
    const built: Built = { kind: 'tool', name: 'k9s', digest: digest('a'), size: 38_400_000 };
    expect(builtLines(built, 'linux/arm64').join('\n')).toMatchInlineSnapshot(
      `"k9s linux/arm64  sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa  38 MB"`,
    );
  });

  it('of a test: each check, and where the report is', () => {
    const report: TestReport = {
      reportVersion: 1,
      image: 'tooling-k8s',
      platform: 'linux/amd64',
      manifest: digest('a'),
      engine: 'dagger',
      isolated: true,
      passed: false,
      seconds: 4.1,
      checks: [
        { id: '1', group: 'always', title: 'runs as its own user', as: 'image', passed: true, seconds: 0.1 },
        { id: '2', group: 'tool yq', title: 'yq --version', as: 'arbitrary', passed: false, seconds: 2 },
      ],
    };
    const folder = 'images/tooling-k8s/dist/report/linux-amd64';
    expect(testedLines(report, folder).join('\n')).toMatchInlineSnapshot(`
      "
      group    check                 as           time
      always   runs as its own user  image      0.10 s  ok
      tool yq  yq --version          arbitrary  2.00 s  FAILED
      tooling-k8s linux/amd64: 2 checks, 1 FAILED, 4.10 s (dagger)
      report: images/tooling-k8s/dist/report/linux-amd64"
    `);
  });

  it('of a load: what to call the image', () => {
    const inDocker = { manifestDigest: digest('a'), reference: 'base:dev' };
    expect(loadedLines(inDocker, { program: 'podman' }).join('\n')).toMatchInlineSnapshot(`
      "
      Loaded base:dev. Try it: podman run --rm -it base:dev"
    `);
    const onDisk = { manifestDigest: digest('a'), reference: 'oci:/tmp/x:dev' };
    expect(loadedLines(onDisk, { place: { format: 'oci', path: '/tmp/x' } }).join('\n'))
      .toMatchInlineSnapshot(`
      "
      Wrote oci:/tmp/x:dev
        digest sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    `);
  });
});

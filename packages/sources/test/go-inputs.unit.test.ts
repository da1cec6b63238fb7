import { buildIdOf, type Arch } from '@image-tooling/model';
import { describe, expect, it } from 'vitest';
import { goInputs, linkerFlags } from '../src/go/build/inputs';
import type { GoToolLock } from '../src/go/lock/lock-file';
import type { GoTool } from '../src/go/tool';

const tool: GoTool = {
  name: 'hello',
  version: '1.2.3',
  package: 'example.invalid/hello/cmd',
  module: 'example.invalid/hello',
  ldflags: [
    '-X main.version=v{version}',
    '-X main.date={date}',
    '-X main.commit={commit}',
    '-X main.cpu={arch}',
  ],
};

const lock: GoToolLock = {
  go: {
    module: tool.module,
    version: 'v1.2.3',
    time: 1_700_000_000,
    toolchain: '1.27.3',
    definition: `sha256:${'0'.repeat(64)}`,
  },
  goMod: 'module x\n',
  goSum: 'example.invalid/hello v1.2.3 h1:sum/of+zip=\nexample.invalid/hello v1.2.3/go.mod h1:other=\n',
};

function idOf(of: { tool?: GoTool; lock?: GoToolLock; arch?: Arch }): string {
  const inputs = goInputs(of.tool ?? tool, of.lock ?? lock, of.arch ?? 'amd64');
  if (!inputs.ok) throw new Error(inputs.failures[0].message);
  return buildIdOf(inputs.value);
}

describe('linker flags', () => {
  it("strip, and fill in the version, the lock's time and the module's checksum", () => {
    expect(linkerFlags(tool, lock, 'arm64')).toEqual({
      ok: true,
      value: [
        '-s',
        '-w',
        '-X main.version=v1.2.3',
        '-X main.date=2023-11-14T22:13:20Z',
        '-X main.commit=h1:sum/of+zip=',
        '-X main.cpu=arm64',
      ],
    });
  });

  it('fail on every unknown placeholder', () => {
    const result = linkerFlags({ ...tool, ldflags: ['{one}', '{two}'] }, lock, 'amd64');
    expect(!result.ok && result.failures.map(({ code }) => code)).toEqual(['schema', 'schema']);
  });
});

describe('the inputs of a build id', () => {
  const changes: Readonly<Record<string, Parameters<typeof idOf>[0]>> = {
    version: {
      tool: { ...tool, version: '1.2.4' },
      lock: { ...lock, goSum: lock.goSum.replaceAll('1.2.3', '1.2.4') },
    },
    package: { tool: { ...tool, package: 'example.invalid/hello/other' } },
    'linker flags': { tool: { ...tool, ldflags: [] } },
    tags: { tool: { ...tool, tags: ['x'] } },
    binary: { tool: { ...tool, binary: 'hi' } },
    'go.mod': { lock: { ...lock, goMod: 'module y\n' } },
    'go.sum': { lock: { ...lock, goSum: `${lock.goSum}\n` } },
    toolchain: { lock: { ...lock, go: { ...lock.go, toolchain: '1.27.4' } } },
    time: { lock: { ...lock, go: { ...lock.go, time: 1 } } },
    processor: { arch: 'arm64' },
  };

  it.each(Object.keys(changes))('change with the %s', (what) => {
    expect(idOf(changes[what] ?? {})).not.toBe(idOf({}));
  });

  it('give the golden id, so that stored layers stay valid', () => {
    expect(idOf({})).toMatchInlineSnapshot(
      `"sha256:9c889103c66c2336133a06fb37cb89584a1a85113333443636d204a9388076b9"`,
    );
  });
});

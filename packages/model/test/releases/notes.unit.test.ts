import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/digest';
import type { Component, Inventory } from '../../src/inventory';
import {
  contentChanges,
  releaseNotes,
  vulnerabilityChanges,
  type KnownVulnerability,
} from '../../src/releases';

const LAYER = { layer: digestOf('a layer') };

function deb(name: string, version: string, source = name, architecture = 'amd64'): Component {
  const from = { name: source, version };
  return { kind: 'deb', name, version, architecture, source: from, dependsOn: [], ...LAYER };
}

function tool(name: string, version: string): Component {
  return { kind: 'tool', name, version, description: '', source: 'go', files: [], ...LAYER };
}

function module(name: string, version: string, of = 'kubectl'): Component {
  return { kind: 'go', name, version, tool: of, program: `usr/local/bin/${of}`, ...LAYER };
}

function inventory(...components: readonly Component[]): Inventory {
  return {
    ...{ image: 'tooling', description: '', platform: 'linux/amd64', manifest: digestOf('m'), created: 0 },
    ...{ layers: [], unread: [], components },
  };
}

const BEFORE = inventory(
  deb('curl', '8.14.1-2'),
  deb('libc6', '2.41', 'glibc'),
  deb('libc6', '2.41', 'glibc', 'i386'),
  deb('old', '1'),
  tool('kubectl', '1.36.4'),
  module('golang.org/x/net', 'v0.40.0'),
  module('golang.org/x/net', 'v0.40.0', 'helm'),
);
const AFTER = inventory(
  deb('curl', '8.14.1-3'),
  deb('libc6', '2.41', 'glibc'),
  deb('libc6', '2.41', 'glibc', 'i386'),
  deb('new|er', '1'),
  tool('kubectl', '1.37.0'),
  module('golang.org/x/net', 'v0.41.0'),
  module('golang.org/x/net', 'v0.40.0', 'helm'),
);

const found = (id: string, component: string, version: string): KnownVulnerability => ({
  ...{ id, severity: 'high', component, version },
});

describe('the contents of two versions', () => {
  it('differ by name, and a module by the tool that has it', () => {
    expect(contentChanges(BEFORE, AFTER)).toEqual({
      tools: [{ name: 'kubectl', from: '1.36.4', to: '1.37.0' }],
      packages: [
        { name: 'curl', from: '8.14.1-2', to: '8.14.1-3' },
        { name: 'new|er', to: '1' },
        { name: 'old', from: '1' },
      ],
      modules: [{ name: 'golang.org/x/net', in: 'kubectl', from: 'v0.40.0', to: 'v0.41.0' }],
    });
  });

  it('name both versions of a package that has two', () => {
    const two = inventory(deb('libc6', '2.41', 'glibc'), deb('libc6', '2.42', 'glibc', 'i386'));
    expect(contentChanges(inventory(deb('libc6', '2.41', 'glibc')), two).packages).toEqual([
      { name: 'libc6', from: '2.41', to: '2.41, 2.42' },
    ]);
  });
});

describe('vulnerabilities of two versions', () => {
  it('are fixed or new only in what changed: news about the rest is no change of the image', () => {
    const before = [
      found('CVE-1', 'curl', '8.14.1-2'),
      found('CVE-2', 'glibc', '2.41'),
      found('GO-1', 'golang.org/x/net', 'v0.40.0'),
    ];
    const after = [found('CVE-3', 'curl', '8.14.1-3'), found('CVE-4', 'glibc', '2.41')];
    expect(
      vulnerabilityChanges(
        { inventory: BEFORE, vulnerabilities: before },
        { inventory: AFTER, vulnerabilities: [...after, after[0]!] },
      ),
    ).toEqual({ fixed: [before[0]], added: [after[0]] });
  });
});

describe('release notes', () => {
  const contents = contentChanges(BEFORE, AFTER);
  const vulnerabilities = { fixed: [found('CVE-1', 'curl', '8.14.1-2')], added: [] };
  const row = { size: 90_000_000, sizeBefore: 100_000_000, contents, vulnerabilities };

  it('say once what changed on all platforms', () => {
    const platforms = [
      { ...row, platform: 'linux/amd64' as const },
      { ...row, platform: 'linux/arm64' as const, sizeBefore: row.size },
    ];
    const notes = releaseNotes({ image: 'tooling', version: '1.1.0', previous: '1.0.0', platforms });
    expect(notes).toMatchInlineSnapshot(`
      "# tooling 1.1.0

      Changes since 1.0.0:

      | Tool | From | To |
      | --- | --- | --- |
      | \`kubectl\` | \`1.36.4\` | \`1.37.0\` |

      | Package | From | To |
      | --- | --- | --- |
      | \`curl\` | \`8.14.1-2\` | \`8.14.1-3\` |
      | \`new\\|er\` | new | \`1\` |
      | \`old\` | \`1\` | removed |

      <details>
      <summary>1 module in tools</summary>

      | Module | Tool | From | To |
      | --- | --- | --- | --- |
      | \`golang.org/x/net\` | \`kubectl\` | \`v0.40.0\` | \`v0.41.0\` |

      </details>

      |  | Vulnerability | Severity | In |
      | --- | --- | --- | --- |
      | fixed | CVE-1 | high | \`curl 8.14.1-2\` |

      linux/amd64: 90 MB to download, 10 MB less  
      linux/arm64: 90 MB to download  
      "
    `);
  });

  it('name platforms that differ, and what could not be compared', () => {
    const platforms = [
      { ...row, platform: 'linux/amd64' as const, vulnerabilities: undefined },
      { platform: 'linux/arm64' as const, size: 5 },
    ];
    const notes = releaseNotes({ image: 'tooling', version: '1.1.0', previous: '1.0.0', platforms });
    expect(notes).toContain('## linux/amd64');
    expect(notes).toContain('Vulnerabilities were not compared: a version has no scan result.');
    expect(notes).toContain('## linux/arm64\n\nThis platform is new.');
  });

  it('say that nothing but the configuration differs', () => {
    const platforms = [{ platform: 'linux/amd64' as const, size: 5, sizeBefore: 5, hasSameLayers: true }];
    expect(releaseNotes({ image: 'tooling', version: '1.1.0', previous: '1.0.0', platforms })).toBe(
      '# tooling 1.1.0\n\nChanges since 1.0.0:\n\nThe same layers: only the configuration differs.\n\nlinux/amd64: 5 B to download  \n',
    );
  });

  it('of a first release name no changes', () => {
    const platforms = [{ platform: 'linux/amd64' as const, size: 5 }];
    expect(releaseNotes({ image: 'tooling', version: '1.0.0', platforms })).toBe(
      '# tooling 1\\.0\\.0\n\nThe first release.\n\nlinux/amd64: 5 B to download  \n'.replaceAll('\\.', '.'),
    );
  });
});

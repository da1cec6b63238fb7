import { describe, expect, it } from 'vitest';
import { publishSummary, publishTable, type BlobRow, type Digest, type PublishReport } from '../src';

const digest = (digit: string): Digest => `sha256:${digit.repeat(64)}`;
const BOTH = ['linux/amd64', 'linux/arm64'] as const;

function blob(
  label: string,
  how: BlobRow['how'],
  size: number,
  platforms: BlobRow['platforms'] = BOTH,
): BlobRow {
  return {
    digest: digest('9'),
    size,
    label,
    platforms,
    how,
    sentBytes: how === 'pushed' ? size : 0,
    seconds: 1.234,
  };
}

const REPORT: PublishReport = {
  publishVersion: 1,
  image: 'k8s',
  repository: 'registry.invalid/team/k8s',
  mode: { kind: 'release', version: '1.2.3' },
  commit: '0123456789abcdef0123456789abcdef01234567',
  index: digest('1'),
  platforms: [
    { platform: 'linux/amd64', manifest: digest('a') },
    { platform: 'linux/arm64', manifest: digest('b') },
  ],
  unchanged: false,
  dryRun: false,
  blobs: [
    blob('system layer of base', 'mounted', 122_000_000, ['linux/amd64']),
    blob('tool layer of kubectl', 'pushed', 20_100_000, ['linux/arm64']),
    blob('config', 'pushed', 3_210, ['linux/arm64']),
    blob('system layer of base', 'present', 121_000_000, ['linux/arm64']),
    blob('files layer of k8s', 'present', 512),
  ],
  tags: [
    { tag: '1.2.3', action: 'create', to: digest('1') },
    { tag: '1.2', action: 'move', from: digest('2'), to: digest('1') },
    { tag: '1', action: 'same', from: digest('1'), to: digest('1') },
    { tag: 'latest', action: 'held', from: digest('3'), to: digest('1'), heldBy: '2.0.0' },
  ],
  requests: 45,
  sentBytes: 20_103_210,
  seconds: 12.3,
  readBack: { blobs: 2, bytes: 20_100_000 },
  checkedAgain: ['linux/amd64'],
};

const UNCHANGED: PublishReport = {
  ...REPORT,
  mode: { kind: 'branch', branch: 'feature/x', slug: 'feature-x-217d2bf5' },
  unchanged: true,
  blobs: [],
  tags: ['branch-feature-x-217d2bf5-0123456789ab', 'branch-feature-x-217d2bf5'].map((tag) => ({
    tag,
    action: 'same',
    from: digest('1'),
    to: digest('1'),
  })),
  requests: 7,
  sentBytes: 0,
  seconds: 0.4,
  readBack: { blobs: 0, bytes: 0 },
  checkedAgain: [],
  expires: '2026-03-06T23:59:59Z',
};

const YANKED: PublishReport['tags'] = [
  { tag: '1.2.3', action: 'same', from: digest('1'), to: digest('1') },
  { tag: 'latest', action: 'held', from: digest('2'), to: digest('1') },
];

describe('publishTable', () => {
  it('shows blobs, tags and how to pull', () => {
    expect(`\n${publishTable(REPORT).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      blobs
        pushed   tool layer of kubectl  linux/arm64   20 MB  1.23 s
        pushed   config                 linux/arm64  3.2 kB  1.23 s
        mounted  system layer of base   linux/amd64  122 MB  1.23 s
        present  2 in all                            121 MB
      tags
        1.2.3   created         sha256:111111111111
        1.2     moved           sha256:222222222222 → sha256:111111111111
        1       unchanged       sha256:111111111111
        latest  stays at 2.0.0  sha256:333333333333
      pull
        docker pull registry.invalid/team/k8s:1.2.3
        docker pull registry.invalid/team/k8s@sha256:1111111111111111111111111111111111111111111111111111111111111111
      read back and hashed: 2 blobs, 20 MB
      pulled again and tested: linux/amd64
      not signed: nx.json has no "signing"
      k8s, release 1.2.3, commit 0123456789ab: blobs: 2 pushed (20 MB), 1 mounted (122 MB), 2 present (121 MB); 45 requests, 20 MB sent, 12.30 s
      "
    `);
  });

  it('reports that there was nothing to do', () => {
    expect(`\n${publishTable(UNCHANGED).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      tags
        branch-feature-x-217d2bf5-0123456789ab  unchanged  sha256:111111111111
        branch-feature-x-217d2bf5               unchanged  sha256:111111111111
      pull
        docker pull registry.invalid/team/k8s:branch-feature-x-217d2bf5
        docker pull registry.invalid/team/k8s@sha256:1111111111111111111111111111111111111111111111111111111111111111
      not signed: nx.json has no "signing"
      may be deleted after 2026-03-06T23:59:59Z
      k8s, branch feature/x, commit 0123456789ab: nothing to do, everything is there; 7 requests, 0 B sent, 0.40 s
      "
    `);
  });

  it('reports what a dry run would do', () => {
    const lines = publishTable({ ...REPORT, dryRun: true, mode: { kind: 'main' } });
    expect(lines.find((line) => line.includes('1.2.3 '))).toContain('would be created');
    expect(lines.at(-1)).toBe('dry run: nothing was written');
  });

  it('reports why a release moves no tag', () => {
    expect(publishTable({ ...REPORT, tags: YANKED })).toContain(
      '  latest  stays: marked as bad  sha256:222222222222',
    );
  });

  it('reports the newer commit that keeps main, and pulls by the tag of this one', () => {
    const index = digest('1');
    const lines = publishTable({
      ...REPORT,
      mode: { kind: 'main' },
      tags: [
        { tag: 'main-0123456789ab', action: 'create', to: index },
        { tag: 'main', action: 'held', from: digest('2'), to: index, heldBy: 'main-fedcba987654' },
      ],
    });
    expect(lines.join('\n')).toMatch(/main +stays: main-fedcba987654 is newer +sha256:222222222222/);
    expect(lines.join('\n')).toContain('docker pull registry.invalid/team/k8s:main-0123456789ab');
  });

  it('escapes control characters', () => {
    const evil = { ...REPORT, blobs: [blob('\u001b[2J', 'pushed', 1)], image: '\u001b[31m' };
    expect(publishTable(evil).join('\n')).not.toContain('\u001b');
  });
});

describe('publishSummary', () => {
  it('is a page of tables', () => {
    expect(`\n${publishSummary(REPORT)}`).toMatchInlineSnapshot(`
      "
      ### k8s, release 1.2.3

      \`registry.invalid/team/k8s\` commit 0123456789ab\\: blobs\\: 2 pushed (20 MB), 1 mounted (122 MB), 2 present (121 MB); 45 requests, 20 MB sent, 12.30 s.
      Read back and hashed\\: 2 blobs, 20 MB.

      | tag |  | from | to |
      | --- | --- | --- | --- |
      | \`1.2.3\` | created |  | \`sha256:111111111111\` |
      | \`1.2\` | moved | \`sha256:222222222222\` | \`sha256:111111111111\` |
      | \`1\` | unchanged | \`sha256:111111111111\` | \`sha256:111111111111\` |
      | \`latest\` | stays at 2.0.0 | \`sha256:333333333333\` |  |

      | platform | manifest | pulled again and tested |
      | --- | --- | --- |
      | linux/amd64 | \`sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\` | yes |
      | linux/arm64 | \`sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\` |  |

      | blob | platforms | size |  | time |
      | --- | --- | --- | --- | --- |
      | system layer of base | linux/amd64 | 122 MB | mounted | 1.23 s |
      | tool layer of kubectl | linux/arm64 | 20 MB | pushed | 1.23 s |
      | config | linux/arm64 | 3.2 kB | pushed | 1.23 s |
      | system layer of base | linux/arm64 | 121 MB | present |  |
      | files layer of k8s | linux/amd64, linux/arm64 | 512 B | present |  |

      \`\`\`sh
      docker pull registry.invalid/team/k8s:1.2.3
      docker pull registry.invalid/team/k8s@sha256:1111111111111111111111111111111111111111111111111111111111111111
      \`\`\`

      "
    `);
  });

  it('reports that there was nothing to do', () => {
    expect(`\n${publishSummary(UNCHANGED)}`).toMatchInlineSnapshot(`
      "
      ### k8s, branch feature/x

      \`registry.invalid/team/k8s\` commit 0123456789ab\\: nothing to do, everything is there; 7 requests, 0 B sent, 0.40 s.
      May be deleted after 2026-03-06T23\\:59\\:59Z.

      | tag |  | from | to |
      | --- | --- | --- | --- |
      | \`branch-feature-x-217d2bf5-0123456789ab\` | unchanged | \`sha256:111111111111\` | \`sha256:111111111111\` |
      | \`branch-feature-x-217d2bf5\` | unchanged | \`sha256:111111111111\` | \`sha256:111111111111\` |

      | platform | manifest |
      | --- | --- |
      | linux/amd64 | \`sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\` |
      | linux/arm64 | \`sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\` |

      \`\`\`sh
      docker pull registry.invalid/team/k8s:branch-feature-x-217d2bf5
      docker pull registry.invalid/team/k8s@sha256:1111111111111111111111111111111111111111111111111111111111111111
      \`\`\`

      "
    `);
  });

  it('escapes any text: no markup, no additional cell or line', () => {
    const evil = 'a|b`c``d <img src=x> **[x](y)** @all #1\n| --- |\n```\n\u001b[31m';
    const summary = publishSummary({
      ...REPORT,
      image: evil,
      mode: { kind: 'branch', branch: evil, slug: evil },
      blobs: [blob(evil, 'pushed', 1)],
      tags: [{ tag: evil, action: 'create', to: digest('1') }],
    });
    expect(summary).not.toContain('\u001b');
    expect(summary.split('\n').length).toBe(
      publishSummary({ ...REPORT, blobs: REPORT.blobs.slice(0, 1), tags: REPORT.tags.slice(0, 1) }).split(
        '\n',
      ).length,
    );
    expect(summary).toMatchInlineSnapshot(`
      "### a\\|b\\\`c\\\`\\\`d \\<img src=x\\> \\*\\*\\[x\\](y)\\*\\* \\@all \\#1 \\| --- \\| \\\`\\\`\\\` \\\\u001b\\[31m, branch a\\|b\\\`c\\\`\\\`d \\<img src=x\\> \\*\\*\\[x\\](y)\\*\\* \\@all \\#1 \\| --- \\| \\\`\\\`\\\` \\\\u001b\\[31m

      \`registry.invalid/team/k8s\` commit 0123456789ab\\: blobs\\: 1 pushed (1 B); 45 requests, 20 MB sent, 12.30 s.
      Read back and hashed\\: 2 blobs, 20 MB.

      | tag |  | from | to |
      | --- | --- | --- | --- |
      | \`\`\`\`a\\|b\`c\`\`d <img src=x> **[x](y)** @all #1 \\| --- \\| \`\`\` \\u001b[31m\`\`\`\` | created |  | \`sha256:111111111111\` |

      | platform | manifest | pulled again and tested |
      | --- | --- | --- |
      | linux/amd64 | \`sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\` | yes |
      | linux/arm64 | \`sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\` |  |

      | blob | platforms | size |  | time |
      | --- | --- | --- | --- | --- |
      | a\\|b\\\`c\\\`\\\`d \\<img src=x\\> \\*\\*\\[x\\](y)\\*\\* \\@all \\#1 \\| --- \\| \\\`\\\`\\\` \\\\u001b\\[31m | linux/amd64, linux/arm64 | 1 B | pushed | 1.23 s |

      \`\`\`\`sh
      docker pull registry.invalid/team/k8s:a|b\`c\`\`d <img src=x> **[x](y)** @all #1 | --- | \`\`\` \\u001b[31m
      docker pull registry.invalid/team/k8s@sha256:1111111111111111111111111111111111111111111111111111111111111111
      \`\`\`\`

      "
    `);
  });
});

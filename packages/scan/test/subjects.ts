import {
  parseScanPolicy,
  type Component,
  type DebianPackage,
  type Digest,
  type GoModule,
  type InventoryLayer,
  type ScanPolicyFile,
  type ToolComponent,
} from '@image-tooling/model';
import { valueOf } from '@image-tooling/testkit/helpers';
import {
  matchesOfImage,
  mergePolicies,
  OsvDatabase,
  scan,
  type DebianFixes,
  type DefinedImage,
  type Finding,
  type GoVulnerabilities,
  type LinkedSymbols,
  type OsvEntry,
  type ScanInput,
  type ScanPolicy,
  type ScanReport,
  type ScanSubject,
  type VulnerabilityData,
} from '../src';

export const digest = (digit: string): Digest => `sha256:${digit.repeat(64)}`;

const LAYERS: readonly InventoryLayer[] = [
  { digest: digest('1'), diffId: digest('1'), kind: 'bootstrap', owner: 'base' },
  { digest: digest('2'), diffId: digest('2'), kind: 'apt', owner: 'k8s' },
  { digest: digest('3'), diffId: digest('3'), kind: 'tool', owner: 'yq' },
  { digest: digest('4'), diffId: digest('4'), kind: 'files', owner: 'k8s' },
];
export const [BASE_LAYER, APT_LAYER, TOOL_LAYER, FILES_LAYER] = LAYERS.map((layer) => layer.digest) as [
  Digest,
  Digest,
  Digest,
  Digest,
];

export const BASE: DefinedImage = {
  name: 'base',
  file: 'images/base/image.json',
  tools: [],
  setuid: [],
};

export const K8S: DefinedImage = {
  name: 'k8s',
  file: 'images/k8s/image.json',
  tools: [{ name: 'yq', file: 'tools/yq/tool.json', source: 'go', goModule: 'example.com/yq' }],
  setuid: [],
};

/** 2026-11-28T12:00:00Z */
export const NOW = Date.UTC(2026, 10, 28, 12) / 1000;
const YESTERDAY = NOW - 86_400;

export const TOOL: ToolComponent = {
  kind: 'tool',
  name: 'yq',
  version: '4.0.0',
  description: 'A processor of YAML',
  source: 'go',
  licence: { expression: 'MIT' },
  files: [],
  layer: TOOL_LAYER,
};

export function goModule(more: Partial<GoModule> = {}): GoModule {
  return {
    kind: 'go',
    name: 'golang.org/x/net',
    version: 'v0.40.0',
    tool: 'yq',
    program: 'usr/local/bin/yq',
    layer: TOOL_LAYER,
    ...more,
  };
}

export function deb(more: Partial<DebianPackage> = {}): DebianPackage {
  return {
    kind: 'deb',
    name: 'libssl3t64',
    version: '3.5.1-1',
    architecture: 'amd64',
    source: { name: 'openssl', version: '3.5.1-1' },
    licence: { expression: 'Apache-2.0' },
    dependsOn: [],
    layer: APT_LAYER,
    ...more,
  };
}

export function subjectWith(components: readonly Component[], more: Partial<ScanSubject> = {}): ScanSubject {
  return {
    inventory: {
      image: 'k8s',
      description: 'Tools',
      platform: 'linux/amd64',
      manifest: digest('a'),
      created: 1_700_000_000,
      layers: LAYERS,
      components,
      unread: [],
    },
    debian: 'trixie',
    compressedSize: 1_000_000,
    setuid: [],
    purlOf: (one) => (one.kind === 'file' ? undefined : `pkg:${one.kind}/${one.name}@${one.version}`),
    chain: [BASE, K8S],
    ...more,
  };
}

/** An entry of Go's database, in the form of its files (fixed in v0.50.0, functions of golang.org/x/net/html). */
export function osv(more: Partial<OsvEntry> = {}, symbols: readonly string[] = ['Parse']): OsvEntry {
  return {
    id: 'GO-2026-0001',
    aliases: ['CVE-2026-0001', 'GHSA-xxxx-yyyy-zzzz'],
    summary: 'Infinite loop in golang.org/x/net/html',
    affected: [
      {
        package: { ecosystem: 'Go', name: 'golang.org/x/net' },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '0.50.0' }] }],
        ecosystem_specific: { imports: [{ path: 'golang.org/x/net/html', symbols: [...symbols] }] },
      },
    ],
    ...more,
  };
}

/** An entry that no module of the tests has: a database is never empty. */
const OTHER_ENTRY: OsvEntry = {
  id: 'GO-2020-0001',
  affected: [{ package: { ecosystem: 'Go', name: 'example.com/never' } }],
};

export function goData(...entries: OsvEntry[]): GoVulnerabilities {
  return {
    version: 'v0.0.0-20261127000000-0123456789ab',
    time: YESTERDAY,
    database: OsvDatabase.of([OTHER_ENTRY, ...entries]),
  };
}

export function debianData(
  sources: DebianFixes['sources'] = {},
  more: Partial<DebianFixes> = {},
): DebianFixes {
  const openssl = { newest: '3.5.1-1', security: false, fixes: {} };
  return { time: YESTERDAY, suite: 'trixie', gone: [], sources: { openssl, ...sources }, ...more };
}

export function dataOf(more: { go?: GoVulnerabilities; debian?: DebianFixes } = {}): VulnerabilityData {
  return { go: more.go ?? goData(), debian: { trixie: more.debian ?? debianData() } };
}

export function policyOf(...files: ScanPolicyFile[]): ScanPolicy {
  const texts = files.length === 0 ? [{}] : files;
  return mergePolicies(
    texts.map((value, index) =>
      valueOf(
        parseScanPolicy(
          index === 0 ? 'scan.json' : 'images/k8s/scan.json',
          JSON.stringify(value, undefined, 2),
        ),
      ),
    ),
  );
}

export const INPUT: ScanInput = {
  subject: subjectWith([]),
  policy: policyOf(),
  data: dataOf(),
  matches: new Map(),
  secrets: [],
  secretsLeftOut: { published: 0, examples: 0, unopened: 0 },
  now: NOW,
};

/** Scans with what the data says of the subject's modules. `symbols`: of its programs. */
export function scanned({
  symbols,
  ...more
}: Partial<ScanInput> & { readonly symbols?: LinkedSymbols }): ScanReport {
  const input = { ...INPUT, ...more };
  const matches = input.data ? matchesOfImage(input.subject, input.data.go.database, symbols) : new Map();
  return valueOf(scan({ ...input, matches }));
}

/** Ids of findings with their status. */
export function verdicts({ findings }: ScanReport): string[] {
  return findings.map(({ id, status }) => `${id} ${status}`);
}

export function only<T>(list: readonly T[]): T {
  if (list.length !== 1) throw new Error(`expected one, got ${list.length}: ${JSON.stringify(list)}`);
  return list[0] as T;
}

export function secretIn(place: string): Finding {
  return {
    kind: 'secret',
    id: 'private-key',
    aliases: [],
    severity: 'critical',
    title: 'a private key',
    place,
    layer: FILES_LAYER,
    owner: 'k8s',
    file: 'images/k8s/image.json',
    advice: 'Remove it, and replace the key.',
  };
}

import { bytesText } from '../../bytes-text';
import { counted } from '../../counted';
import type { Platform } from '../../platform';
import { code, plain, table } from '../../publish/report/markdown';
import type { ContentChanges, VersionChange } from './changes';
import type { KnownVulnerability, VulnerabilityChanges } from './vulnerabilities';

/** What changed in an image on one platform. */
export interface PlatformNotes {
  readonly platform: Platform;
  /** Compressed layers, in bytes. */
  readonly size: number;
  /** Of the previous version; undefined: it was not for this platform. */
  readonly sizeBefore?: number;
  /** Both versions have the same layers: then nothing else is compared. */
  readonly hasSameLayers?: boolean;
  /** Undefined: one of the versions has no SBOM that can be read. */
  readonly contents?: ContentChanges;
  /** Undefined: one of the versions was not scanned. */
  readonly vulnerabilities?: VulnerabilityChanges;
}

export interface ReleaseNotes {
  readonly image: string;
  readonly version: string;
  /** Undefined: the first release. */
  readonly previous?: string;
  readonly platforms: readonly PlatformNotes[];
}

/** Returns release notes as Markdown. Platforms with the same changes share a section. */
export function releaseNotes({ image, version, previous, platforms }: ReleaseNotes): string {
  const since = previous === undefined ? 'The first release.' : `Changes since ${plain(previous)}:`;
  const sections = new Map<string, PlatformNotes[]>();
  for (const one of platforms) {
    const text = changeLines(one).join('\n');
    sections.set(text, [...(sections.get(text) ?? []), one]);
  }
  const parts = [...sections].map(([text, same]) => {
    const names = same.map(({ platform }) => platform).join(', ');
    return sections.size > 1 ? `## ${names}\n\n${text}` : text;
  });
  const changes = previous === undefined ? [] : parts;
  const head = [`# ${plain(image)} ${plain(version)}`, '', since, ''];
  return `${[...head, ...changes, ...sizeLines(platforms)].join('\n')}\n`;
}

function changeLines({ contents, vulnerabilities, sizeBefore, hasSameLayers }: PlatformNotes): string[] {
  if (sizeBefore === undefined) return ['This platform is new.', ''];
  if (hasSameLayers) return ['The same layers: only the configuration differs.', ''];
  return [...contentLines(contents), ...vulnerabilityLines(vulnerabilities)];
}

function contentLines(contents: ContentChanges | undefined): string[] {
  if (!contents) return ['Contents were not compared: a version has no signed SBOM of image-tooling.', ''];
  const { tools, packages, modules } = contents;
  if (tools.length + packages.length + modules.length === 0)
    return ['The same tools and packages; configuration or files differ.', ''];
  return [
    ...changeTable('Tool', tools),
    ...changeTable('Package', packages),
    ...folded(`${counted(modules.length, 'module')} in tools`, changeTable('Module', modules)),
  ];
}

function changeTable(what: string, changes: readonly VersionChange[]): string[] {
  const hasTools = changes.some((one) => one.in !== undefined);
  const head = [what, ...(hasTools ? ['Tool'] : []), 'From', 'To'];
  const rows = changes.map(({ name, in: tool, from, to }) => [
    code(name),
    ...(hasTools ? [code(tool ?? '')] : []),
    from === undefined ? 'new' : code(from),
    to === undefined ? 'removed' : code(to),
  ]);
  return table(head, rows);
}

/** HTML that GitHub and GitLab fold. */
function folded(summary: string, lines: readonly string[]): string[] {
  return lines.length === 0
    ? []
    : ['<details>', `<summary>${summary}</summary>`, '', ...lines, '</details>', ''];
}

function vulnerabilityLines(changes: VulnerabilityChanges | undefined): string[] {
  if (!changes) return ['Vulnerabilities were not compared: a version has no scan result.', ''];
  const { fixed, added } = changes;
  if (fixed.length + added.length === 0) return ['No known vulnerability was fixed, and none is new.', ''];
  const row =
    (word: string) =>
    ({ id, severity, component, version }: KnownVulnerability): string[] => [
      word,
      plain(id),
      plain(severity),
      code(`${component} ${version}`),
    ];
  const rows = [...added.map(row('new')), ...fixed.map(row('fixed'))];
  return table(['', 'Vulnerability', 'Severity', 'In'], rows);
}

function sizeLines(platforms: readonly PlatformNotes[]): string[] {
  return platforms.map(({ platform, size, sizeBefore }) => {
    const change =
      sizeBefore === undefined || sizeBefore === size ? '' : `, ${difference(size - sizeBefore)}`;
    return `${platform}: ${bytesText(size)} to download${change}  `;
  });
}

function difference(bytes: number): string {
  return bytes > 0 ? `${bytesText(bytes)} more` : `${bytesText(-bytes)} less`;
}

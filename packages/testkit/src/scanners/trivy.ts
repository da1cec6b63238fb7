import type { Advisory } from './advisory';
import { boltFile, type Bucket } from './bolt';

/** Debian releases of these tests, and the data sources of others (aquasecurity/trivy-db, pkg/vulnsrc). */
const SOURCES = {
  deb: { bucket: 'debian 13', id: 'debian', name: 'Debian Security Tracker' },
  go: { bucket: 'go::The Go Vulnerability Database', id: 'govulndb', name: 'The Go Vulnerability Database' },
  npm: { bucket: 'npm::GitHub Security Advisory Npm', id: 'ghsa', name: 'GitHub Security Advisory Npm' },
} as const;

/** Returns the files of a database of Trivy (schema 2) with these advisories. */
export function trivyDatabase(
  advisories: readonly Advisory[],
  { schema = 2, time = new Date() }: { readonly schema?: number; readonly time?: Date } = {},
): Readonly<Record<string, Buffer>> {
  const packages: Record<string, Record<string, Record<string, Buffer>>> = {};
  for (const one of advisories) {
    const names = (packages[SOURCES[one.kind].bucket] ??= {});
    (names[one.name] ??= {})[one.id] = json(advisoryOf(one));
  }
  const root: Bucket = {
    ...packages,
    'data-source': Object.fromEntries(
      Object.values(SOURCES).map(({ bucket, id, name }) => [bucket, json({ ID: id, Name: name, URL: '' })]),
    ),
    vulnerability: Object.fromEntries(
      advisories.map(({ id, title = id, severity = 'unknown' }) => [
        id,
        json({ Title: title, Severity: severity.toUpperCase() }),
      ]),
    ),
  };
  const stated = { Version: schema, NextUpdate: time, UpdatedAt: time, DownloadedAt: time };
  return { 'trivy.db': boltFile(root), 'metadata.json': json(stated) };
}

function advisoryOf({ kind, fixedIn, aliases }: Advisory): object {
  const other = aliases ? { VendorIDs: aliases } : {};
  if (kind === 'deb') return { ...other, ...(fixedIn !== undefined && { FixedVersion: fixedIn }) };
  return fixedIn === undefined
    ? { ...other, VulnerableVersions: ['>=0.0.0-0'] }
    : { ...other, VulnerableVersions: [`<${fixedIn}`], PatchedVersions: [fixedIn] };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

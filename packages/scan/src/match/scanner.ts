import { compareDebianVersions, type GoModule, type NpmPackage } from '@image-tooling/model';
import { compare } from 'semver';
import type { Finding } from '../finding';
import { goVersion } from '../go-version';
import type { ScannerMatch } from '../scanner/answer';
import { purlKey } from '../scanner/purl-key';
import type { ScanSubject } from '../subject';
import { groupBy } from '../group-by';
import { inSource, installedSources, type Installed } from './debian';
import { inTool, type Located } from './in-tool';

/** Returns what a scanner found as findings of ours, joined with the SBOM by package URL. */
export function scannerFindings(subject: ScanSubject, matches: readonly ScannerMatch[]): Finding[] {
  const byPurl = groupBy(matches, ({ purl }) => purl);
  return [...inSources(subject, byPurl), ...inTools(subject, byPurl)];
}

type ByPurl = ReadonlyMap<string, readonly ScannerMatch[]>;

/** Packages of one source have the same vulnerabilities. */
function inSources(subject: ScanSubject, byPurl: ByPurl): Finding[] {
  return installedSources(subject).flatMap((installed) => {
    const found = installed.packages.flatMap((one) =>
      (byPurl.get(purlKey(subject.purlOf(one) ?? '')) ?? []).map((match) => ({ match, one })),
    );
    return [...groupBy(found, ({ match }) => match.id).values()].flatMap(([first, ...rest]) => {
      if (!first) return [];
      const packages = [first, ...rest].map(({ one }) => one);
      const fixedIn = lowestAbove(installed.version, first.match.fixedIn, compareDebianVersions);
      return [
        findingOf(first.match, inSource(subject, { ...installed, packages } satisfies Installed, fixedIn)),
      ];
    });
  });
}

function inTools(subject: ScanSubject, byPurl: ByPurl): Finding[] {
  const components = subject.inventory.components.filter(
    (one): one is GoModule | NpmPackage => one.kind === 'go' || one.kind === 'npm',
  );
  return components.flatMap((component) =>
    (byPurl.get(purlKey(subject.purlOf(component) ?? '')) ?? []).map((match) =>
      findingOf(
        match,
        inTool(subject, component, lowestAbove(component.version, match.fixedIn, compareModules)),
      ),
    ),
  );
}

function findingOf({ id, aliases, severity, title }: ScannerMatch, located: Located): Finding {
  return { ...located, id, aliases: [...aliases].sort(), severity, title };
}

/** An advisory names a fixed version for each branch: the nearest is the smallest change. */
function lowestAbove(
  installed: string,
  fixedIn: readonly string[],
  order: (a: string, b: string) => number,
): string | undefined {
  const sorted = [...fixedIn].sort(order);
  return sorted.find((version) => order(version, installed) > 0) ?? sorted.at(-1);
}

/** As in Go and npm; a version that can't be compared is the lowest. */
function compareModules(a: string, b: string): number {
  const [left, right] = [goVersion(a), goVersion(b)];
  if (!left || !right) return Number(Boolean(left)) - Number(Boolean(right));
  return compare(left, right);
}

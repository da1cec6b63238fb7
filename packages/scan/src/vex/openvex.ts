import { canonicalJson, digestOf, hexOf, sortedByText, type Json } from '@image-tooling/model';
import type { JudgedFinding } from '../finding';
import { SECURITY_UPDATE } from '../match';
import type { ScanReport } from '../report/types';

/** What a document is about, its author, and when it was known to be true. */
export interface VexOrigin {
  /** Package URL of the image's manifest (purl-spec, type "oci"), as in its SBOM. */
  readonly product: string;
  /** Address of the workspace's repository, or another name. */
  readonly author: string;
  /** Seconds since the epoch: of the vulnerability data, so that equal scans give equal documents. */
  readonly time: number;
}

/**
 * Returns an OpenVEX 0.2.0 document (github.com/openvex/spec) of one image on one platform: what `ignore` says, and
 * vulnerable Go functions that are not in its programs. Undefined if there is nothing to say: a document has at least
 * one statement.
 */
export function openVex(report: ScanReport, { product, author, time }: VexOrigin): object | undefined {
  const made = [...vulnerabilities(report).values()].flatMap((findings) =>
    statementOf(findings, product, report.day),
  );
  const statements = sortedByText(made, canonicalJson);
  if (statements.length === 0) return undefined;
  const id = hexOf(digestOf(canonicalJson([product, author, time, statements])));
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': `urn:image-tooling:vex:${id}`,
    author,
    timestamp: new Date(time * 1000).toISOString().replace('.000Z', 'Z'),
    version: 1,
    tooling: 'image-tooling',
    statements,
  };
}

type Findings = readonly [JudgedFinding, ...JudgedFinding[]];

/** Findings of one vulnerability in one version of a component are one statement: their package URLs are the same. */
function vulnerabilities({ findings }: ScanReport): ReadonlyMap<string, Findings> {
  const found = new Map<string, Findings>();
  for (const finding of findings) {
    if (finding.kind !== 'vulnerability' || finding.id === SECURITY_UPDATE) continue;
    const key = canonicalJson([finding.id, finding.component?.purls ?? []]);
    const before = found.get(key);
    found.set(key, before ? [...before, finding] : [finding]);
  }
  return found;
}

/** States nothing if one of the programs with the component is affected and not accepted. */
function statementOf(findings: Findings, product: string, day: string): Json[] {
  const verdicts = findings.map((finding) => verdictOf(finding, day));
  if (verdicts.some((verdict) => verdict === undefined)) return [];
  const said = verdicts.find((verdict) => verdict?.['status'] === 'affected') ?? verdicts[0];
  const [{ id, aliases, component }] = findings;
  const components = (component?.purls ?? []).map((purl) => ({ '@id': purl }));
  return [
    {
      vulnerability: { name: id, ...(aliases.length > 0 && { aliases }) },
      products: productsOf(product, components),
      ...said,
    },
  ];
}

/**
 * The image with the component in it, and the component by itself: `trivy sbom --vex` (0.74) knows no package URL of the
 * image, and Grype (0.121) compares the image's only if it scans the image. The document is of this image alone.
 */
function productsOf(product: string, components: readonly { readonly '@id': string }[]): Json[] {
  return [{ '@id': product, ...(components.length > 0 && { subcomponents: components }) }, ...components];
}

/** A document's own status: an ignore without a justification says that the image is affected, and why that is accepted. */
function verdictOf({ notAffected, ignore }: JudgedFinding, day: string): Record<string, Json> | undefined {
  if (notAffected !== undefined) return { status: 'not_affected', justification: notAffected };
  if (!ignore || ignore.expires < day) return undefined;
  const { justification, reason, expires } = ignore;
  if (justification !== undefined) return { status: 'not_affected', justification, impact_statement: reason };
  return { status: 'affected', action_statement: `Accepted until ${expires}: ${reason}` };
}

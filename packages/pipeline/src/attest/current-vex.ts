import type { VerifiedStatement } from '@image-tooling/attest';
import { canonicalJson, digestOf, hexOf, type Json } from '@image-tooling/model';
import { newestVex, versionOf, vexTime } from './replaced';

type Document = Readonly<Record<string, Json>>;

/**
 * Returns the VEX document to attach, after those that are attached already: what the scan says now, and that withdrawn
 * statements no longer hold. Readers take the newest statement about a vulnerability (github.com/openvex/spec, "VEX
 * Precedence"), so its time and version are after those of the document that it replaces. Undefined if there is nothing
 * to say.
 *
 * @param own of the scan; undefined if it states nothing
 */
export function currentVex(own: Json | undefined, attached: readonly VerifiedStatement[]): Json | undefined {
  const before = newestVex(attached)?.predicate as Document | undefined;
  if (!before) return own;
  const document = own as Document | undefined;
  const statements = [...statementsOf(document), ...withdrawn(statementsOf(before), statementsOf(document))];
  statements.sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
  if (statements.length === 0) return undefined;
  const time = Math.max(vexTime(document), vexTime(before) + 1000);
  const { last_updated: _, ...rest } = document ?? before;
  return {
    ...rest,
    '@id': `urn:image-tooling:vex:${hexOf(digestOf(canonicalJson([time, statements])))}`,
    timestamp: new Date(time).toISOString().replace('.000Z', 'Z'),
    version: versionOf(before) + 1,
    statements,
  };
}

/** Returns statements that take back what was stated before, and is not stated now. */
function withdrawn(before: readonly Document[], now: readonly Document[]): Document[] {
  const stated = new Set(now.map(keyOf));
  return before
    .filter((statement) => !stated.has(keyOf(statement)))
    .map(({ vulnerability = {}, products = [] }) => ({
      vulnerability,
      products,
      status: 'under_investigation',
    }));
}

function keyOf({ vulnerability = {}, products = [] }: Document): string {
  return canonicalJson([(Object(vulnerability) as Document)['name'] ?? '', products]);
}

function statementsOf(document: Document | undefined): Document[] {
  const statements = document?.['statements'];
  return Array.isArray(statements) ? statements.map((one) => Object(one) as Document) : [];
}

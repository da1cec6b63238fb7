import { join } from 'node:path';
import { readRegularFile } from '@image-tooling/host';
import {
  fail,
  ok,
  testResultsSchema,
  type Digest,
  type Json,
  type Result,
  type TestResults,
} from '@image-tooling/model';
import { testResult, type StatementKind } from '@image-tooling/attest';
import { SBOM_FILES } from '../build/image-outputs';
import { scanFolder } from '../scan/report-files';
import type { Session } from '../session';
import { reportFolder } from '../test/report';
import { outputFolder, readOutput } from '../workspace/outputs';
import type { WantedStatement } from './attach';
import { currentVex } from './current-vex';
import type { DefinitionFiles } from './definition-files';
import { provenanceOf, type StatementsRequest } from './provenance';

/** Returns what is attached to an image of one platform: how it was made, what is in it, what was tested. */
export async function statementsFor(
  session: Session,
  request: StatementsRequest,
): Promise<Result<WantedStatement[]>> {
  const { image, platform, manifest, definitions } = request;
  const folder = join(session.root, image.folder);
  const reports = reportFolder(folder, platform);
  const tests = await readOutput(reports, 'report.json', testResultsSchema);
  const output = outputFolder(session.root, image, platform);
  const documents = [
    await documentIn(join(output, SBOM_FILES.cyclonedx), 'cyclonedx'),
    await documentIn(join(output, SBOM_FILES.spdx), 'spdx'),
    await vexIn(scanFolder(folder, platform), manifest),
  ];
  const [failed] = documents.flatMap((one) => (one.ok ? [] : [one]));
  if (failed) return failed;
  return ok([
    { kind: 'provenance', rule: 'once', predicate: () => provenanceOf(session, request, tests) },
    ...documents.flatMap((one) => (one.ok ? one.value : [])),
    ...(tests?.manifest === manifest ? [testsOf(tests, definitions)] : []),
  ]);
}

/** Returns the VEX of a scan of this manifest, also if it has nothing to state; none of an older scan. */
async function vexIn(folder: string, manifest: Digest): Promise<Result<WantedStatement[]>> {
  const scan = await readRegularFile(join(folder, 'scan.json'), MOST_BYTES);
  if (!scan.ok) return scan;
  const { manifest: scanned } = Object(scan.value && jsonIn(scan.value)) as { readonly manifest?: unknown };
  if (scanned !== manifest) return ok([]);
  const document = await contentIn(join(folder, 'vex.json'));
  if (!document.ok) return document;
  const predicate: WantedStatement['predicate'] = async (attached) =>
    ok(currentVex(document.value, attached));
  return ok([{ kind: 'vex', rule: 'newest', predicate }]);
}

/** Bytes of the largest SBOM: thousands of packages have a few million. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Returns the statement with the content of a file; none without the file. */
async function documentIn(file: string, kind: StatementKind): Promise<Result<WantedStatement[]>> {
  const content = await contentIn(file);
  if (!content.ok) return content;
  return ok(content.value === undefined ? [] : [{ kind, rule: 'same', predicate: async () => content }]);
}

/** Returns the content of a file with JSON; undefined without the file. */
async function contentIn(file: string): Promise<Result<Json | undefined>> {
  const read = await readRegularFile(file, MOST_BYTES);
  if (!read.ok) return read;
  if (!read.value) return ok(undefined);
  const content = jsonIn(read.value);
  return content === undefined ? damaged(file) : ok(content);
}

function jsonIn(bytes: Buffer): Json | undefined {
  try {
    return JSON.parse(bytes.toString()) as Json;
  } catch {
    return undefined;
  }
}

function damaged(file: string): Result<never> {
  return fail({
    code: 'json-syntax',
    message: `${file} is not JSON: it was cut off or changed.`,
    hint: 'Build the image again with --skip-nx-cache, then publish it.',
    place: { file },
  });
}

function testsOf(tests: TestResults, definitions: DefinitionFiles): WantedStatement {
  const withChecks = Object.entries(definitions).filter(([path]) => /(image|tool)\.json$/.test(path));
  const content = testResult(tests, Object.fromEntries(withChecks));
  return { kind: 'tests', rule: 'same', predicate: async () => ok(content) };
}

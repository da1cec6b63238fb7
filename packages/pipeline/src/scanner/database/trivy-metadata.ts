import { join } from 'node:path';
import * as z from 'zod';
import { readRegularFile } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import type { ScannerLock } from '@image-tooling/scan';

/** Of aquasecurity/trivy-db, pkg/metadata. */
const metadata = z.object({ Version: z.int(), UpdatedAt: z.iso.datetime({ offset: true }) });
const MOST_BYTES = 65_536;

/** Reads metadata.json of an unpacked database of Trivy. Fails with `scan-invalid`. */
export async function trivyMetadata(folder: string): Promise<Result<Pick<ScannerLock, 'schema' | 'time'>>> {
  const file = await readRegularFile(join(folder, 'db', 'metadata.json'), MOST_BYTES);
  if (!file.ok) return file;
  const parsed = metadata.safeParse(jsonOf(file.value?.toString('utf8') ?? ''));
  if (parsed.success)
    return ok({ schema: parsed.data.Version, time: Math.floor(Date.parse(parsed.data.UpdatedAt) / 1000) });
  return fail({
    code: 'scan-invalid',
    message: 'The database of Trivy has an unknown form: its metadata.json has no Version and UpdatedAt.',
    hint: 'Use another mirror in scan.json.',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

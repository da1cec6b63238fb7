import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns the image that runs the scanner of an image: `database` of its own scan.json, else of the workspace's.
 * Undefined without a scanner; a broken file is for the scan to report.
 */
export function scannerImageOf(workspaceRoot: string, imageRoot: string): string | undefined {
  const databases = [imageRoot, ''].map((folder) => databaseIn(join(workspaceRoot, folder, 'scan.json')));
  const database = databases.find((one) => one !== undefined);
  const { image } = Object(database) as Record<string, unknown>;
  return typeof image === 'string' ? image : undefined;
}

function databaseIn(file: string): unknown {
  try {
    return (Object(JSON.parse(readFileSync(file, 'utf8'))) as Record<string, unknown>)['database'];
  } catch {
    return undefined;
  }
}

import type { Readable } from 'node:stream';
import type { RegistryAnswer } from '../send';
import { readStart } from './read';
import { cutText } from '@image-tooling/model';

/** Larger than any error message of a registry. */
const READ_BYTES = 16_384;
const LONGEST_LINE = 300;
const MOST_LINES = 5;

/** Returns the registry's error messages, without secrets, one a line; empty if it sent none. */
export async function errorLines(answer: RegistryAnswer): Promise<string[]> {
  const text = await startOf(answer.body);
  const redacted = answer.redacted ?? ((line: string) => line);
  return (ociErrors(text) ?? plainText(text)).slice(0, MOST_LINES).map((line) => cut(redacted(line)));
}

/** The start of each body that was read: deciding on a retry and reporting both need it. */
const read = new WeakMap<Readable, Promise<string>>();

function startOf(body: Readable): Promise<string> {
  const start = read.get(body) ?? readStart(body, READ_BYTES).then((bytes) => bytes.toString('utf8'));
  read.set(body, start);
  return start;
}

/** OCI distribution-spec 1.1, "Error Codes": `{"errors": [{"code", "message", "detail"}]}`. */
function ociErrors(text: string): string[] | undefined {
  try {
    const { errors } = JSON.parse(text) as { errors?: unknown };
    return Array.isArray(errors) ? errors.map(errorLine) : undefined;
  } catch {
    return undefined;
  }
}

function errorLine(error: unknown): string {
  const { code, message, detail } = Object(error) as Record<string, unknown>;
  const parts = [code, message, detail].flatMap((part) =>
    part === undefined || part === null || part === '' ? [] : [asText(part)],
  );
  return parts.join(': ');
}

/**
 * Disk errors that Distribution's file system driver reports by number only, as `Err` of Go's PathError (Linux,
 * errno(3)).
 */
const DISK_ERRORS: Record<string, string> = { 28: 'no space left on device', 122: 'disk quota exceeded' };

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  const text = JSON.stringify(value);
  const meaning = DISK_ERRORS[/"Err":(\d+)\b/.exec(text)?.[1] ?? ''];
  return meaning === undefined ? text : `${meaning}: ${text}`;
}

function plainText(text: string): string[] {
  const shown = text
    .replace(/<(script|style|head)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim());
  return shown.filter((line) => line !== '');
}

function cut(line: string): string {
  return cutText(line, LONGEST_LINE);
}

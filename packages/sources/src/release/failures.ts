import { redact } from '@image-tooling/host';
import { fail, type Failed, type Failure, type FailureCode } from '@image-tooling/model';
import type { LockedRelease } from './fetch';

/** A tool whose file could not be fetched, and its data for messages. */
export interface UnreachedTool {
  readonly tool: string;
  /** The tool's folder, relative to the workspace root. */
  readonly folder: string;
  readonly locked: LockedRelease;
  /** Other kinds of source that the tool has. */
  readonly otherSources: readonly string[];
}

const UNREACHED: readonly FailureCode[] = ['network', 'timeout', 'http-status', 'gone', 'truncated'];

/** Statuses by which a server says that it has no such file (RFC 9110, sections 15.5.5 and 15.5.11). */
const ABSENT: readonly (number | undefined)[] = [404, 410];

/** Returns whether the vendor itself has no such file; a mirror's answer does not count. */
export function vendorHasNone({ failures: [{ asked = [] }] }: Failed, url: string): boolean {
  return asked.some((one) => one.url === redact(url) && ABSENT.includes(one.status));
}

/**
 * Returns why a locked file could not be fetched, with alternatives. Failures that are not about the network
 * stay unchanged.
 */
export function releaseFailed({ failures }: Failed, unreached: UnreachedTool): Failed {
  const [first, ...rest] = failures;
  if (first.code === 'checksum' || first.code === 'too-large')
    return fail(otherBytes(first, unreached), ...rest);
  return UNREACHED.includes(first.code) ? fail(withWaysOn(first, unreached), ...rest) : fail(first, ...rest);
}

function otherBytes(failure: Failure, { tool, folder, locked }: UnreachedTool): Failure {
  const size = locked.size === undefined ? '' : `, ${locked.size} bytes`;
  return {
    ...failure,
    message: `${locked.name} differs from the lock: the file was changed at its address, or on the way from it.`,
    hint: `Compare both with what the vendor publishes. If the new file is right, remove "release" from ${folder}/lock.json, run "npx nx run ${tool}:lock" and commit it; else use a mirror that has the locked one.`,
    details: [`locked: sha256 ${locked.sha256}${size}`, ...(failure.details ?? [])],
  };
}

function withWaysOn(failure: Failure, { folder, locked, otherSources }: UnreachedTool): Failure {
  const { origin, host } = new URL(locked.url);
  return {
    ...failure,
    hint: `Let this machine reach ${host}, or use one of the ways above. Nothing else in the workspace needs this file.`,
    details: [
      ...(failure.details ?? []),
      `The lock holds its checksum (sha256 ${locked.sha256}), so a copy from anywhere is fine:`,
      `- a mirror, among the options of "@image-tooling/nx" in nx.json: "mirrors": { "${origin}/": "https://mirror.example/${host}/" }`,
      `- a machine with network: build there the images that have it and run "image-tooling store export <image> --to=store.tar", then "image-tooling store import store.tar" here`,
      otherSourceText(folder, otherSources),
    ],
  };
}

function otherSourceText(folder: string, others: readonly string[]): string {
  const [first] = others;
  if (first === undefined)
    return `- another source in ${folder}/tool.json ("go", "npm" or "deb"), if there is one; it has no other source now`;
  return `- another of its sources: IMAGE_TOOL_SOURCE=${first}, or "toolSource" in nx.json`;
}

import { formatFailures, type FileText, type Result, type WorkspaceFiles } from '../src';

/** Returns the failures as text; for a success a text that is in no snapshot of a mistake. */
export function shown(result: Result<unknown>): string {
  return result.ok ? 'no mistake' : formatFailures(result.failures);
}

export function codesOf(result: Result<unknown>): string[] {
  return result.ok ? [] : result.failures.map(({ code }) => code);
}

/** Returns the value, or throws with the failures. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(formatFailures(result.failures));
  return result.value;
}

export type Members = Record<string, unknown>;

export function imageFile(name: string, members: Members = {}): FileText {
  const image = { description: 'An image', from: { debian: 'trixie' }, ...members };
  return { file: `images/${name}/image.json`, text: pretty(image) };
}

export const TOOL = {
  description: 'A tool',
  homepage: 'https://tool.invalid',
  license: 'MIT',
  version: '1.2.3',
  sources: { go: { package: 'tool.invalid/cmd' } },
};

export function toolFile(name: string, members: Members = {}): FileText {
  return { file: `tools/${name}/tool.json`, text: pretty({ ...TOOL, ...members }) };
}

export function files(images: readonly FileText[], tools: readonly FileText[] = []): WorkspaceFiles {
  return { images, tools };
}

export function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

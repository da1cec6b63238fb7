import { posix } from 'node:path';
import type { Stage } from '../state/stage';
import type { ProposedTool } from '../state/types';
import { existingTool } from './existing';
import { toolName } from './names';
import { reused, toolFile, UNKNOWN_LICENCE, type ToolInput } from './propose';
import { homepageOf } from './release-tool';

/** Returns the tools of "go install path@version". */
export function proposeGoTools(
  stage: Stage,
  input: ToolInput,
): { readonly names: string[]; readonly written: ProposedTool[] } {
  const { findings, workspace, taken } = input;
  const names: string[] = [];
  const written: ProposedTool[] = [];
  for (const { value, piece } of stage.goInstalls) {
    const program = programOf(value.path);
    const name = toolName(program, taken);
    const existing = existingTool(name, { files: { [program]: `bin/${program}` } }, workspace);
    names.push(existing?.name ?? name);
    if (existing) {
      findings.add(piece, reused(existing.name));
      continue;
    }
    written.push({ name, definition: definitionOf(name, program, value), checksums: {} });
    const file = toolFile(input, name);
    findings.imported(piece, file);
    findings.ask(piece.line, `${file}: ${UNKNOWN_LICENCE}`);
  }
  return { names, written };
}

/** Returns the last part of a path that is not a version (Go modules reference, "Major version suffixes"). */
function programOf(path: string): string {
  const base = posix.basename(path);
  return /^v\d+$/.test(base) ? posix.basename(posix.dirname(path)) : base;
}

function definitionOf(
  name: string,
  program: string,
  { path, version }: { readonly path: string; readonly version: string },
): object {
  const module = moduleOf(path);
  return {
    description: `${name}, built from ${path}`,
    homepage: homepageOf(`https://${path}`),
    license: 'NOASSERTION',
    version,
    sources: {
      go: { package: path, ...(module !== path && { module }), ...(program !== name && { binary: program }) },
    },
    checks: [{ run: [program, '--version'] }],
  };
}

/** Returns the module of a program: on GitHub and GitLab the repository with its major version. */
function moduleOf(path: string): string {
  return /^(?:github|gitlab)\.com\/[^/]+\/[^/]+(?:\/v\d+)?/.exec(path)?.[0] ?? path;
}

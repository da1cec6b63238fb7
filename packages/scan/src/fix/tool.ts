import type { GoModule, NpmPackage } from '@image-tooling/model';
import type { Finding } from '../finding';
import { toolNamed } from '../origin';
import type { DefinedTool, ScanSubject } from '../subject';
import { fixWith } from './command';

/**
 * Returns what raises a Go module or Go itself in a tool that is compiled, an npm package that the tool's npm package
 * bundles, or the tool's own version. Nothing fixes what a vendor has compiled, except a newer version of the tool.
 */
export function fixOf(
  subject: ScanSubject,
  component: GoModule | NpmPackage,
  fixedIn: string,
): Pick<Finding, 'fix' | 'command'> {
  const tool = toolNamed(subject, component.tool);
  if (!tool) return {};
  if (isToolItself(tool, component))
    return fixWith({ kind: 'set-version', project: tool.name, version: fixedIn.replace(/^v/, '') });
  if (component.kind !== tool.source) return {};
  const name = component.name === 'stdlib' && component.kind === 'go' ? 'go' : component.name;
  return fixWith({ kind: 'raise', project: tool.name, name, version: fixedIn });
}

function isToolItself({ goModule, npmPackage }: DefinedTool, { kind, name }: GoModule | NpmPackage): boolean {
  return name === (kind === 'go' ? goModule : npmPackage);
}

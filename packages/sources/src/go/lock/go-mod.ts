import { expandTemplate, fail, ok, versionValues, type Failure, type Result } from '@image-tooling/model';
import { moduleVersion, type GoModuleTool } from '../tool';

/** A module's own go.mod, as `go mod edit -json` gives it. */
export interface UpstreamModule {
  /** Version of Go it asks for. */
  readonly Go?: string;
  readonly GoDebug?: readonly { readonly Key: string; readonly Value: string }[] | null;
  readonly Exclude?: readonly ModuleVersion[] | null;
  readonly Replace?: readonly { readonly Old: ModuleVersion; readonly New: ModuleVersion }[] | null;
}

export interface ModuleVersion {
  readonly Path: string;
  readonly Version?: string;
}

/** Path of the main module that a tool's go.mod declares; no such host exists (RFC 6761, section 6.4). */
export function mainModule(tool: Pick<GoModuleTool, 'name'>): string {
  return `image-tooling.invalid/tools/${tool.name}`;
}

/**
 * Returns the go.mod that resolution starts from: what would apply if the module were the main module (its go
 * line, godebug, exclude and replace lines; "Go Modules Reference", go.mod files) and nothing else. Replaces
 * folders by the versions in the tool's `replace`. Fails with `schema` for each folder without one.
 */
export function composeGoMod(tool: GoModuleTool, upstream: UpstreamModule): Result<string> {
  const replaces = replaceLines(tool, upstream);
  if (!replaces.ok) return replaces;
  const blocks = [
    `module ${mainModule(tool)}`,
    ...(upstream.Go === undefined ? [] : [`go ${upstream.Go}`]),
    block(
      'godebug',
      (upstream.GoDebug ?? []).map(({ Key, Value }) => `${Key}=${Value}`),
    ),
    `require ${tool.module} ${moduleVersion(tool)}`,
    block('exclude', (upstream.Exclude ?? []).map(shown)),
    block('replace', replaces.value),
  ];
  return ok(`${blocks.filter((part) => part !== '').join('\n\n')}\n`);
}

function replaceLines(tool: GoModuleTool, upstream: UpstreamModule): Result<string[]> {
  const lines: string[] = [];
  const failures: Failure[] = [];
  for (const { Old, New } of upstream.Replace ?? []) {
    const version = New.Version === undefined ? versionFor(tool, Old.Path) : ok(New.Version);
    if (!version.ok) failures.push(...version.failures);
    else lines.push(`${shown(Old)} => ${New.Version === undefined ? Old.Path : New.Path} ${version.value}`);
  }
  const [first, ...rest] = failures;
  return first ? fail(first, ...rest) : ok(lines);
}

/** Returns the version in the tool's `replace` for a module that upstream takes from a folder. */
function versionFor(tool: GoModuleTool, path: string): Result<string> {
  const found = Object.entries(tool.replace ?? {}).find(([pattern]) => matches(pattern, path));
  if (found) return expandTemplate(found[1], versionValues(tool.version));
  return fail({
    code: 'schema',
    message: `${tool.module} takes ${path} from a folder of its own repository, so its version must be given.`,
    hint: `Add "replace": { "${path}": "v…" } to the go source in its tool.json.`,
  });
}

/** `*` matches any text. */
function matches(pattern: string, path: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(path);
}

function shown({ Path, Version }: ModuleVersion): string {
  return Version === undefined ? Path : `${Path} ${Version}`;
}

function block(keyword: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`${keyword} (`, ...lines.map((line) => `\t${line}`), ')'].join('\n');
}

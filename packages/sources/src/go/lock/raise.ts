import { compareModuleVersions, fail, failWith, ok, type Failure, type Result } from '@image-tooling/model';
import { parseConcatenated, type RunGo } from '../listed';
import { moduleVersion, type GoModuleTool } from '../tool';
import { getTool } from './get-tool';

/** Versions by module. */
export type ModuleVersions = Readonly<Record<string, string>>;

/** `go help list`: the fields of a module that we read. */
interface ListedModule {
  readonly Path: string;
  readonly Version?: string;
  readonly Replace?: { readonly Path: string; readonly Version?: string };
  readonly Error?: unknown;
}

/** What to raise. */
export interface Raise {
  /** Asked for now: the tool must use these modules. */
  readonly asked: ModuleVersions;
  /** Of an earlier lock. */
  readonly kept: ModuleVersions;
}

/**
 * Raises modules of a resolved tool to at least the wanted versions. Returns those that upstream asks for in an older
 * version; an earlier one that the tool no longer uses is left out. Fails with `unknown-reference` for each module that
 * is asked for and not used, with `schema` for one that upstream replaces by another module and if raising would change
 * the tool's own version, and as the go command does.
 */
export async function raiseModules(
  { asked, kept }: Raise,
  tool: GoModuleTool,
  go: RunGo,
): Promise<Result<ModuleVersions>> {
  const wanted = await availableVersions(newerOf(asked, kept), go);
  const older = await olderModules({ asked, wanted }, tool, go);
  if (!older.ok) return older;
  if (older.value.length === 0) return ok({});
  const edited = await go(['mod', 'edit', ...older.value.map(edit)]);
  if (!edited.ok) return edited;
  const got = await go(getTool(tool));
  if (!got.ok) return got;
  const own = await listModules([tool.module], go);
  if (!own.ok) return own;
  const version = own.value[0]?.Version;
  if (version !== moduleVersion(tool)) return fail(otherTool(tool, version));
  return ok(Object.fromEntries(older.value.map(({ module, version }) => [module.Path, version])));
}

/** A module that must have at least a version, and is built at an older one. */
interface OlderModule {
  readonly module: ListedModule;
  readonly version: string;
}

async function olderModules(
  { asked, wanted }: { readonly asked: ModuleVersions; readonly wanted: ModuleVersions },
  tool: GoModuleTool,
  go: RunGo,
): Promise<Result<OlderModule[]>> {
  const modules = Object.keys(wanted).sort();
  if (modules.length === 0) return ok([]);
  const listed = await listModules(modules, go);
  if (!listed.ok) return listed;
  const used = new Set(listed.value.map(({ Path }) => Path));
  const unused = Object.keys(asked).filter((module) => !used.has(module));
  if (unused.length > 0) return failWith(unused.map((module) => unusedFailure(module, tool)));
  const older = listed.value.flatMap((module) => {
    const version = wanted[module.Path];
    return version !== undefined && isOlder(builtVersion(module), version) ? [{ module, version }] : [];
  });
  const replaced = older.flatMap(({ module }) => replacedFailure(module, tool) ?? []);
  return replaced.length > 0 ? failWith(replaced) : ok(older);
}

/** A commit between versions, as vulnerability databases name fixes ("Go Modules Reference", Pseudo-versions). */
const PSEUDO = /[-.]\d{14}-[0-9a-f]{12}$/;

/** Returns the lowest available versions that are not older: registries may lack a pseudo-version. */
async function availableVersions(wanted: ModuleVersions, go: RunGo): Promise<ModuleVersions> {
  const available = { ...wanted };
  for (const [module, version] of Object.entries(wanted).filter(([, one]) => PSEUDO.test(one))) {
    const found = await go(['list', '-m', '-json=Version', `${module}@>=${version}`]);
    // Some registries list no versions, and have the pseudo-version.
    if (found.ok) available[module] = (JSON.parse(found.value) as { readonly Version: string }).Version;
  }
  return available;
}

/** As requirements they are minimum versions; `go get` of several takes them as exact, and refuses some. */
function edit({ module: { Path, Replace }, version }: OlderModule): string {
  return Replace ? `-replace=${Path}=${Path}@${version}` : `-require=${Path}@${version}`;
}

/** Upstream may replace a module by another version of itself. */
function builtVersion({ Version, Replace }: ListedModule): string | undefined {
  return Replace?.Version ?? Version;
}

function newerOf(asked: ModuleVersions, kept: ModuleVersions): ModuleVersions {
  const newer = Object.entries(asked).filter(([module, version]) => !isOlder(version, kept[module]));
  return { ...kept, ...Object.fromEntries(newer) };
}

/** A module that is not in the build list has an error in place of a version. */
async function listModules(modules: readonly string[], go: RunGo): Promise<Result<ListedModule[]>> {
  const listed = await go(['list', '-m', '-e', '-json=Path,Version,Replace,Error', ...modules]);
  if (!listed.ok) return listed;
  const found = parseConcatenated<ListedModule>(listed.value);
  return ok(found.filter(({ Error, Version }) => Error === undefined && Version !== undefined));
}

function isOlder(version: string | undefined, wanted: string | undefined): boolean {
  return version !== undefined && wanted !== undefined && compareModuleVersions(version, wanted) < 0;
}

function replacedFailure(
  { Path, Replace }: ListedModule,
  { name, module }: GoModuleTool,
): Failure | undefined {
  if (!Replace || Replace.Path === Path) return undefined;
  return {
    code: 'schema',
    message: `${name}: ${Path} can't be raised, because ${module} replaces it by ${Replace.Path} ${Replace.Version ?? ''}.`,
    hint: `Use a newer version of the tool: npx nx run ${name}:lock --set-version <version>`,
  };
}

function unusedFailure(module: string, { name }: GoModuleTool): Failure {
  return {
    code: 'unknown-reference',
    message: `${name} does not use the Go module ${module}.`,
    hint: `See "go version -m" of its program, or tools/${name}/go.mod, for the modules that it uses.`,
  };
}

function otherTool({ name, module, version }: GoModuleTool, other: string | undefined): Failure {
  return {
    code: 'schema',
    message: `${name}: the raised modules need ${module} ${other}, and tool.json says ${version}.`,
    hint: `Run "npx nx run ${name}:lock --set-version ${other?.slice(1)}".`,
  };
}

/** A module in a Go program. */
export interface LinkedModule {
  readonly path: string;
  /** "v1.2.3"; "(devel)" or empty for a main module that was built in its own folder. */
  readonly version: string;
  /** The "h1:" hash of go.sum. */
  readonly sum?: string;
}

/** What the go command recorded in a program. */
export interface BuildInfo {
  /** "go1.26.8", maybe with experiments after a space. */
  readonly goVersion: string;
  /** Import path of the main package. */
  readonly path?: string;
  readonly main?: LinkedModule;
  /** All others, as linked: a replaced module is the one that replaces it. */
  readonly dependencies: readonly LinkedModule[];
}

/**
 * Parses the text of `go version -m` (Go's runtime/debug, ParseBuildInfo). Undefined if a line of a module is
 * malformed. Other lines (settings of the build) are ignored.
 */
export function parseModules(goVersion: string, text: string): BuildInfo | undefined {
  const parsed: Parsed = { dependencies: [] };
  for (const line of text.split('\n')) if (!takeLine(line, parsed)) return undefined;
  const { last: _last, ...info } = parsed;
  return { goVersion, ...info };
}

interface Parsed {
  path?: string;
  main?: LinkedModule;
  readonly dependencies: LinkedModule[];
  /** The module of the line before, which "=>" replaces. */
  last?: 'main' | 'dependency';
}

function takeLine(line: string, parsed: Parsed): boolean {
  const [key, ...fields] = line.split('\t');
  if (key === 'path') parsed.path = fields[0] ?? '';
  if (key !== 'mod' && key !== 'dep' && key !== '=>') return true;
  const module = moduleOf(fields);
  if (!module) return false;
  if (key === 'mod') parsed.main = module;
  else if (key === 'dep') parsed.dependencies.push(module);
  else return replaceLast(parsed, module);
  parsed.last = key === 'mod' ? 'main' : 'dependency';
  return true;
}

/** A module that is replaced by a folder keeps its name and version: the folder has none. */
function replaceLast(parsed: Parsed, module: LinkedModule): boolean {
  if (parsed.last === undefined) return false;
  const isFolder = /^\.{0,2}\//.test(module.path);
  if (isFolder) return true;
  if (parsed.last === 'main') parsed.main = module;
  else parsed.dependencies[parsed.dependencies.length - 1] = module;
  return true;
}

function moduleOf([path = '', version = '', sum = '']: readonly string[]): LinkedModule | undefined {
  const isText = [path, version, sum].every((field) => !/[\x00-\x1f\x7f\ufffd]/.test(field));
  if (path === '' || !isText) return undefined;
  return { path, version, ...(sum !== '' && { sum }) };
}

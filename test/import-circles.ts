import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};
/** Most imports are of the same few modules. */
const RESOLVED = ts.createModuleResolutionCache(process.cwd(), (path) => path, OPTIONS);

/** Returns all TypeScript files below the given folders. */
export function sourceFiles(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
}

/**
 * Returns circles in which files import each other, also through types alone, as paths from a file to itself:
 * [] without circles, and at least one of circles that share files. Imports are found and resolved by
 * TypeScript.
 */
export function importCircles(files: readonly string[]): string[][] {
  const imports = new Map(files.map((file) => [file, importsOf(file, new Set(files))]));
  const done = new Set<string>();
  const circles: string[][] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) circles.push([...path.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  files.forEach((file) => visit(file, []));
  return circles;
}

/**
 * Returns the pairs of folders whose files import each other in both directions, each as two sorted paths. An
 * `index.ts` that only passes on what other files export is the face of its folder and does not count.
 */
export function mutualFolders(files: readonly string[]): [string, string][] {
  const known = new Set(files);
  const edges = new Set<string>();
  for (const file of files.filter((candidate) => !onlyReExports(candidate)))
    for (const target of importsOf(file, known)) edges.add(`${dirname(file)}\n${dirname(target)}`);
  return [...edges]
    .map((edge) => edge.split('\n') as [string, string])
    .filter(([from, to]) => from < to && edges.has(`${to}\n${from}`))
    .sort();
}

function onlyReExports(file: string): boolean {
  if (!file.endsWith('/index.ts')) return false;
  const { statements } = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return statements.every((statement) => ts.isExportDeclaration(statement));
}

function importsOf(file: string, known: ReadonlySet<string>): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'));
  return importedFiles
    .map(({ fileName }) => ts.resolveModuleName(fileName, file, OPTIONS, ts.sys, RESOLVED).resolvedModule)
    .map((found) => found?.resolvedFileName ?? '')
    .filter((found) => known.has(found));
}

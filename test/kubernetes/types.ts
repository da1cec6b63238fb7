import { join } from 'node:path';
import ts from 'typescript';

/** A type, and the module that exports it. */
export interface NamedType {
  readonly type: string;
  readonly from: string;
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
};

/** What TypeScript says where the value stands as a literal for the type: unknown keys among it. */
export function typeMistakes(named: NamedType, value: unknown): string[] {
  const file = join(import.meta.dirname, 'virtual-manifest.ts');
  const literal = JSON.stringify(value, null, 1);
  const program = ts.createProgram([file], OPTIONS, hostWith(file, `${importOf(named)}= ${literal};\n`));
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

function importOf({ type, from }: NamedType): string {
  return `import type { ${type} } from '${from}';\nexport const manifest: ${type} `;
}

/** Files of packages, which each of many programs would parse again. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** Disk, with one file more. */
function hostWith(file: string, text: string): ts.CompilerHost {
  const host = ts.createCompilerHost(OPTIONS);
  return {
    ...host,
    fileExists: (path) => path === file || host.fileExists(path),
    readFile: (path) => (path === file ? text : host.readFile(path)),
    getSourceFile(path, language) {
      if (path === file) return ts.createSourceFile(path, text, language);
      if (!parsed.has(path)) parsed.set(path, host.getSourceFile(path, language));
      return parsed.get(path);
    },
  };
}

import { parseTool, type Arch, type Tool, type Workspace } from '@image-tooling/model';
import type { Findings } from '../state/findings';
import { whatIsUnknown } from '../state/value';
import type { Stage } from '../state/stage';
import type { Outcome, ProposedTool } from '../state/types';
import { existingTool } from './existing';
import { installedPrograms } from './installed';
import { nameOf } from './names';
import { releaseOf, releaseTool, type Program } from './release-tool';
import type { ReleaseTemplate } from './template';

/** The last stage of a Dockerfile, for each processor. */
export type Readings = Readonly<Record<Arch, Stage>>;

/** The tools of an image. */
export interface ToolsOfImage {
  /** `tools` of image.json. */
  readonly names: readonly string[];
  readonly written: readonly ProposedTool[];
  /** Whether the Dockerfile only names files for amd64. */
  readonly isForAmd64Only: boolean;
}

export interface ToolInput {
  readonly findings: Findings;
  readonly workspace: Workspace;
  /** Names that tools cannot have. */
  readonly taken: ReadonlySet<string>;
  /** The folder of the tools, relative to the workspace root. */
  readonly toolsDir: string;
}

/** Returns the path of a tool's definition, relative to the workspace root. */
export function toolFile({ toolsDir }: Pick<ToolInput, 'toolsDir'>, name: string): string {
  return `${toolsDir}/${name}/tool.json`;
}

/** What a program became: a tool of the workspace, a new tool, or none. */
interface Imported {
  readonly outcome: Outcome;
  readonly name?: string;
  readonly written?: ProposedTool;
  readonly isForAmd64Only?: boolean;
}

/** Returns tools for the downloaded programs, and adds the outcomes of their downloads. */
export function proposeTools(readings: Readings, input: ToolInput): ToolsOfImage {
  const programs = programsOf(readings, input);
  const imported = programs.map((program) => importProgram(program, readings.amd64, input));
  programs.forEach((program, index) => addOutcome(program, imported[index]!.outcome, input.findings));
  return {
    names: imported.flatMap(({ name }) => name ?? []),
    written: imported.flatMap(({ written }) => written ?? []),
    isForAmd64Only: imported.some(({ isForAmd64Only }) => isForAmd64Only),
  };
}

/** Returns the programs by name, without those that are for arm64 only. */
function programsOf({ amd64, arm64 }: Readings, { taken, findings }: ToolInput): Program[] {
  const others = new Map(installedPrograms(arm64).map((one) => [nameOf(one, taken), one]));
  const ones = new Map(installedPrograms(amd64).map((one) => [nameOf(one, taken), one]));
  for (const [name, { download }] of others)
    if (!ones.has(name))
      for (const piece of download.pieces)
        findings.notImported(
          piece,
          'it is for arm64 only',
          'Write a tool.json with the files of both platforms.',
        );
  return [...ones]
    .map(([name, one]) => ({ name, amd64: one, arm64: others.get(name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function importProgram(program: Program, stage: Stage, input: ToolInput): Imported {
  const { findings, workspace } = input;
  const file = toolFile(input, program.name);
  const release = releaseOf(program);
  const existing = existingTool(program.name, program.amd64, workspace);
  if (existing) {
    askAboutVersion(existing, { program, release, input });
    return { name: existing.name, outcome: reused(existing.name) };
  }
  if (!release) return { outcome: withoutVersion(program) };
  if (!release.url.startsWith('https://')) return { outcome: withoutTls(program, file) };
  const written = releaseTool(program, release, stage);
  const refused = refusal(written, file);
  if (refused) return { outcome: refused };
  askAbout(program, release, { findings, file });
  return {
    name: program.name,
    written,
    isForAmd64Only: release.guessesArm64,
    outcome: { kind: 'imported', where: file },
  };
}

/** Returns the outcome of a program that is a tool of the workspace. */
export function reused(name: string): Outcome {
  return { kind: 'imported', where: `"tools" of image.json: ${name}, a tool of the workspace` };
}

function withoutVersion({ name, amd64: { download } }: Program): Outcome {
  const why = download.unknown.length > 0 ? whatIsUnknown(download) : 'its URL contains no version';
  const todo = `Write a tool with a fixed version: "npx nx g @image-tooling/nx:tool ${name} --release <URL with the version>".`;
  return { kind: 'notImported', why, todo };
}

function withoutTls({ amd64: { download } }: Program, file: string): Outcome {
  const todo = `Find an https:// URL for ${download.url} and write ${file}.`;
  return { kind: 'notImported', why: 'only https:// URLs are downloaded', todo };
}

/** Returns why a proposed definition is invalid: for example, its archive has an unsupported format. */
function refusal({ definition }: ProposedTool, file: string): Outcome | undefined {
  const parsed = parseTool(file, JSON.stringify(definition));
  if (parsed.ok) return undefined;
  const [{ message, hint }] = parsed.failures;
  return {
    kind: 'notImported',
    why: `${file} would be invalid: ${message.replace(/\.$/, '')}`,
    todo: hint ?? `Write ${file} by hand.`,
  };
}

function askAboutVersion(
  { name, definition: { version } }: Tool,
  {
    program,
    release,
    input,
  }: {
    readonly program: Program;
    readonly release: ReleaseTemplate | undefined;
    readonly input: ToolInput;
  },
): void {
  if (release?.version === version) return;
  const wanted = release ? release.version : 'one that is only known in a build';
  input.findings.ask(
    lineOf(program),
    `${name}: the workspace has ${version}, the Dockerfile has ${wanted}. All images use the version in ${toolFile(input, name)}.`,
  );
}

/** What to add to a tool of which only the URL is known. */
export const UNKNOWN_LICENCE =
  'write the description and the licence. "NOASSERTION" means that the licence was not checked.';

function askAbout(
  program: Program,
  release: ReleaseTemplate,
  { findings, file }: { readonly findings: Findings; readonly file: string },
): void {
  const ask = (text: string): void => findings.ask(lineOf(program), `${file}: ${text}`);
  ask(UNKNOWN_LICENCE);
  if (program.amd64.isGuess)
    ask(`the path in the archive (${Object.keys(release.files).join(', ')}) is a guess.`);
  if (release.guessesArm64)
    ask(
      'the Dockerfile only names the file for amd64. The name for arm64 is a guess, so the image is for linux/amd64 only. Check the name, then add "linux/arm64" to "platforms".',
    );
}

function lineOf({ amd64 }: Program): number {
  return Math.min(...[...amd64.download.pieces].map((piece) => piece.line));
}

function addOutcome({ amd64, arm64 }: Program, outcome: Outcome, findings: Findings): void {
  for (const { download } of [amd64, ...(arm64 ? [arm64] : [])])
    for (const piece of download.pieces) findings.add(piece, outcome);
}

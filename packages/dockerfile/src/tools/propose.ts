import { parseTool, type Arch, type Tool, type Workspace } from '@image-tooling/model';
import type { Findings } from '../findings';
import { whatIsUnknown } from '../shell/value';
import type { Stage } from '../stage';
import type { Outcome, ProposedTool } from '../types';
import { existingTool } from './existing';
import { installedPrograms } from './installed';
import { nameOf } from './names';
import { releaseOf, releaseTool, type Program } from './release-tool';
import type { ReleaseTemplate } from './template';

/** A Dockerfile read for each processor. */
export type Readings = Readonly<Record<Arch, Stage>>;

/** What an image gets as tools. */
export interface ToolsOfImage {
  /** Names for image.json. */
  readonly names: readonly string[];
  readonly written: readonly ProposedTool[];
  /** Whether the Dockerfile itself names files for amd64 alone. */
  readonly isForAmd64Only: boolean;
}

export interface ToolSetting {
  readonly findings: Findings;
  readonly workspace: Workspace;
  /** Names that tools can't have. */
  readonly taken: ReadonlySet<string>;
  /** The folder of the tools, relative to the workspace root. */
  readonly toolsDir: string;
}

/** Returns the path of a tool's definition, relative to the workspace root. */
export function toolFile({ toolsDir }: Pick<ToolSetting, 'toolsDir'>, name: string): string {
  return `${toolsDir}/${name}/tool.json`;
}

/** What a program becomes: a tool of the workspace, one to write, or none. */
interface Made {
  readonly outcome: Outcome;
  readonly name?: string;
  readonly written?: ProposedTool;
  readonly isForAmd64Only?: boolean;
}

/** Makes tools of the programs that were fetched. Tells the findings of every download. */
export function proposeTools(readings: Readings, setting: ToolSetting): ToolsOfImage {
  const programs = programsOf(readings, setting);
  const made = programs.map((program) => make(program, readings.amd64, setting));
  programs.forEach((program, index) => settle(program, made[index]!.outcome, setting.findings));
  return {
    names: made.flatMap(({ name }) => name ?? []),
    written: made.flatMap(({ written }) => written ?? []),
    isForAmd64Only: made.some(({ isForAmd64Only }) => isForAmd64Only),
  };
}

/** One for each name, in their order; what only arm64 has is left. */
function programsOf({ amd64, arm64 }: Readings, { taken, findings }: ToolSetting): Program[] {
  const others = new Map(installedPrograms(arm64).map((one) => [nameOf(one, taken), one]));
  const ones = new Map(installedPrograms(amd64).map((one) => [nameOf(one, taken), one]));
  for (const [name, { download }] of others)
    if (!ones.has(name))
      for (const piece of download.pieces)
        findings.left(
          piece,
          'it is for arm64 alone',
          'Tools are for all platforms: write a tool.json with both.',
        );
  return [...ones]
    .map(([name, one]) => ({ name, amd64: one, arm64: others.get(name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function make(program: Program, stage: Stage, setting: ToolSetting): Made {
  const { findings, workspace } = setting;
  const file = toolFile(setting, program.name);
  const release = releaseOf(program);
  const existing = existingTool(program.name, program.amd64, workspace);
  if (existing) {
    askAboutVersion(existing, { program, release, setting });
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
    outcome: { kind: 'carried', where: file },
  };
}

/** What is said of a program that the workspace has as a tool. */
export function reused(name: string): Outcome {
  return { kind: 'carried', where: `"tools" of image.json: ${name}, which the workspace has` };
}

function withoutVersion({ name, amd64: { download } }: Program): Outcome {
  const why = download.unknown.length > 0 ? whatIsUnknown(download) : 'its address names no version';
  const todo = `Write a tool of one version: "npx nx g @image-tooling/nx:tool ${name} --release <address with the version in it>".`;
  return { kind: 'left', why, todo };
}

function withoutTls({ amd64: { download } }: Program, file: string): Outcome {
  const todo = `Find an https:// address of ${download.url} and write ${file}.`;
  return { kind: 'left', why: 'only https:// addresses are fetched', todo };
}

/** Why a definition that follows from an address can't be: a kind of file that can't be read, for one. */
function refusal({ definition }: ProposedTool, file: string): Outcome | undefined {
  const parsed = parseTool(file, JSON.stringify(definition));
  if (parsed.ok) return undefined;
  const [{ message, hint }] = parsed.failures;
  return {
    kind: 'left',
    why: `${file} can't be that way: ${message.replace(/\.$/, '')}`,
    todo: hint ?? `Write ${file} by hand.`,
  };
}

function askAboutVersion(
  { name, definition: { version } }: Tool,
  {
    program,
    release,
    setting,
  }: {
    readonly program: Program;
    readonly release: ReleaseTemplate | undefined;
    readonly setting: ToolSetting;
  },
): void {
  if (release?.version === version) return;
  const wanted = release ? release.version : 'one that only a build can tell';
  setting.findings.ask(
    lineOf(program),
    `${name}: the workspace has ${version}, the Dockerfile ${wanted}. All images share one version; ${toolFile(setting, name)} says which.`,
  );
}

/** What a person has to add to a tool of which only the address is known. */
export const UNKNOWN_LICENCE =
  'the description and licence are to be written; "NOASSERTION" says that nobody has looked.';

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
      'the Dockerfile names the file of amd64 alone; what the vendor calls arm64 is a guess, and the image is for linux/amd64 only. Add "linux/arm64" to "platforms" once it is right.',
    );
}

function lineOf({ amd64 }: Program): number {
  return Math.min(...[...amd64.download.pieces].map((piece) => piece.line));
}

function settle({ amd64, arm64 }: Program, outcome: Outcome, findings: Findings): void {
  for (const { download } of [amd64, ...(arm64 ? [arm64] : [])])
    for (const piece of download.pieces) findings.add(piece, outcome);
}

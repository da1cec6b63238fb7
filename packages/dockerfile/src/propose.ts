import { PLATFORMS, type Arch, type Platform, type Workspace } from '@image-tooling/model';
import { Findings, type Piece } from './state/findings';
import { proposeConfig, descriptionOf } from './image/config';
import { proposeFiles } from './image/files';
import { proposeDirectories } from './image/directories';
import { inheritedBy, type Inherited } from './image/inherited';
import { proposePackages, importThirdPartyPackages } from './image/packages';
import { SETUID_OF } from './image/renamed';
import { proposeUsers } from './image/users';
import { baseOf } from './instructions/base';
import { readDockerfile } from './read/instructions';
import { readStages, type LastStage } from './read-stages';
import { reportOf } from './report';
import { reportOtherDownloads } from './other-downloads';
import { proposeGoTools } from './tools/go';
import { proposeTools, type Readings, type ToolsOfImage } from './tools/propose';
import type { BuildContext, Proposal } from './state/types';

export interface ImportRequest {
  /** The name of the image. */
  readonly name: string;
  /** The text of the Dockerfile. */
  readonly text: string;
  readonly context: BuildContext;
  readonly workspace: Workspace;
  /** The folder of the tools, relative to the workspace root. */
  readonly toolsDir: string;
  /** URLs of the apt archives in nx.json. */
  readonly archives?: readonly string[];
  /** The parent. Default: the Dockerfile's image if it has a digest, else the workspace's image that is based on Debian. */
  readonly from?: string | undefined;
  /** Values of ARG instructions. */
  readonly args?: Readonly<Record<string, string>>;
}

/**
 * Returns definitions that replace a Dockerfile, without running it. Never fails: the report lists what could not be
 * imported, line by line.
 */
export function proposeImage(request: ImportRequest): Proposal {
  const findings = new Findings();
  const file = readDockerfile(request.text);
  const read = (arch: Arch): LastStage =>
    readStages(file, { findings, context: request.context, arch, args: request.args ?? {} });
  const [amd64, arm64] = [read('amd64'), read('arm64')];
  const readings = { amd64: amd64.stage, arm64: arm64.stage };
  const base = chooseBase(amd64, request, findings);
  const tools = importTools(readings, request, findings);
  const { image, files } = proposeDefinition({ request, readings, base, tools, findings });
  reportOtherDownloads(readings, findings);
  return { image, tools: tools.written, files, report: reportOf(findings) };
}

interface ImportedTools extends ToolsOfImage {
  /** Packages of third-party archives. */
  readonly packages: readonly string[];
}

function importTools(
  readings: Readings,
  { name, workspace, toolsDir, archives = [] }: ImportRequest,
  findings: Findings,
): ImportedTools {
  const taken = new Set([...workspace.images.keys(), name]);
  const input = { findings, workspace, taken, toolsDir };
  const downloaded = proposeTools(readings, input);
  const built = proposeGoTools(readings.amd64, input);
  const own = new Set(workspace.tools.keys());
  const thirdParty = importThirdPartyPackages(readings.amd64, own, archives, findings);
  return {
    names: [...new Set([...downloaded.names, ...built.names, ...thirdParty.tools])].sort(),
    written: [...downloaded.written, ...built.written],
    isForAmd64Only: downloaded.isForAmd64Only,
    packages: thirdParty.packages,
  };
}

interface DefinitionInput {
  readonly request: ImportRequest;
  readonly readings: Readings;
  readonly base: ReturnType<typeof chooseBase>;
  readonly tools: ImportedTools;
  readonly findings: Findings;
}

/** Returns image.json with the keys that are not empty, and the files of its rootfs/. */
function proposeDefinition({ request, readings, base, tools, findings }: DefinitionInput) {
  const stage = readings.amd64;
  const inherited = inheritedBy(base.from, request.workspace);
  const { users, known } = proposeUsers(stage, inherited, findings);
  const { files, modes } = proposeFiles(stage, findings);
  const paths = files.map(({ path }) => path);
  const directories = proposeDirectories(stage, { users: known, inherited, files: paths }, findings);
  const packages = proposePackages(readings, inherited, [...base.packages, ...tools.packages], findings);
  const image = withoutEmpty({
    description: descriptionOf(stage) ?? `${request.name}, imported from a Dockerfile`,
    from: base.from,
    packages,
    tools: tools.names.filter((tool) => !inherited.tools.has(tool)),
    files: files.length > 0 ? 'rootfs' : [],
    modes,
    users,
    directories,
    config: proposeConfig(
      stage,
      { users: known, tools: tools.names, inherited, toolsDir: request.toolsDir },
      findings,
    ),
    setuid: packages.flatMap((one) => SETUID_OF[one] ?? []),
    platforms: platformsOf(inherited, tools),
  });
  return { image, files };
}

/** Returns the platforms; [] if they are all of them, which is the default. */
function platformsOf({ platforms }: Inherited, { isForAmd64Only }: ToolsOfImage): Platform[] {
  const supported = platforms.filter((one) => one === 'linux/amd64' || !isForAmd64Only);
  return supported.length < PLATFORMS.length ? supported : [];
}

function withoutEmpty(definition: Readonly<Record<string, string | object>>): object {
  return Object.fromEntries(Object.entries(definition).filter(([, value]) => Object.keys(value).length > 0));
}

function chooseBase({ base }: LastStage, { workspace, from }: ImportRequest, findings: Findings) {
  const nowhere: Piece = { line: 0, endLine: 0, text: '(no FROM)', offset: -1 };
  if (!base) findings.ask(0, 'The Dockerfile has no FROM.');
  return baseOf(base?.reference ?? 'debian', base?.piece ?? nowhere, {
    workspace,
    findings: base ? findings : new Findings(),
    from,
  });
}

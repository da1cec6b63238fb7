import type { Piece } from '../state/findings';
import { looksSecret } from '../read/secrets';
import type { Instruction } from '../read/instructions';
import { isKnown, whatIsUnknown, type Value } from '../state/value';
import { expandVariables } from '../shell/variables';
import type { Sourced, Reading } from '../state/stage';

/** Variables that only matter during a build. */
const FOR_BUILDS =
  /^(?:DEBIAN_FRONTEND|DEBCONF_\w+|APT_\w+|PIP_\w+|PYTHONDONTWRITEBYTECODE|TARGET(?:ARCH|OS|PLATFORM)|BUILDKIT_\w+|GIT_COMMIT|BUILD_DATE)$/;

/** Reads ARG. */
export function argument(
  instruction: Instruction,
  piece: Piece,
  reading: Reading,
  outer: ReadonlyMap<string, Value>,
): void {
  const { stage, findings } = reading;
  for (const { name, value } of instruction.properties) {
    const given = outer.get(name);
    if (looksSecret(name, value)) {
      findings.notImported(
        piece,
        `${name} seems to contain a secret`,
        'The image does not need it. Remove it from the Dockerfile, and change the secret.',
      );
      continue;
    }
    if (given !== undefined && (value === undefined || isOverride(given))) stage.variables.set(name, given);
    else if (value !== undefined) stage.variables.set(name, expandVariables(value, stage.variables));
    if (stage.variables.has(name) || FOR_BUILDS.test(name))
      findings.notNeeded(piece, 'its value is inserted where it is used');
    else findings.notImported(piece, `${name} has no value`, `Give it a value: --arg ${name}=…`);
  }
}

/** Returns whether a value is the caller's, which replaces a default. */
function isOverride(value: Value): boolean {
  return 'isOverride' in value;
}

/** Reads ENV. */
export function environment(instruction: Instruction, piece: Piece, { stage, findings }: Reading): void {
  const values = instruction.properties.map(({ name, value = '' }) => ({
    name,
    value: expandVariables(value, stage.variables),
  }));
  for (const { name, value } of values) {
    stage.variables.set(name, value);
    if (looksSecret(name, value.text))
      findings.notImported(
        piece,
        `${name} seems to contain a secret, and anyone can read an image`,
        'Pass it to the container when it starts. If the Dockerfile was ever published, change the secret.',
      );
    else if (FOR_BUILDS.test(name)) findings.notNeeded(piece, `${name} only matters during a build`);
    else stage.env.set(name, { piece, value });
  }
  findings.open(piece);
}

/** Reads LABEL and MAINTAINER. */
export function labels(instruction: Instruction, piece: Piece, { stage, findings }: Reading): void {
  const given =
    instruction.keyword === 'MAINTAINER'
      ? [{ name: 'org.opencontainers.image.authors', value: instruction.rest }]
      : instruction.properties;
  for (const { name, value = '' } of given) {
    const text = expandVariables(value, stage.variables);
    if (SET_BY_PUBLISH.test(name)) findings.notNeeded(piece, `${name} is set when the image is published`);
    else if (!isKnown(text))
      findings.notImported(
        piece,
        whatIsUnknown(text),
        'If it is the same in every build, add the label to "labels" of image.json.',
      );
    else stage.labels.set(name, { piece, value: text.text });
  }
  findings.open(piece);
}

/** Labels with a commit, date or version. Images contain none, so that their digest does not change. */
const SET_BY_PUBLISH =
  /^(?:org\.opencontainers\.image\.(?:created|version|revision|source|title|base\.\w+|ref\.name)|org\.label-schema\.(?:build-date|vcs-\w+|version|schema-version)|version|build[-_]?date|vcs-ref)$/i;

/** Reads EXPOSE. */
export function ports(instruction: Instruction, piece: Piece, { stage, findings }: Reading): void {
  for (const word of instruction.words) {
    const value = expandVariables(word, stage.variables);
    if (isKnown(value) && /^\d{1,5}(?:\/(?:tcp|udp))?$/.test(value.text)) stage.ports.set(value.text, piece);
    else
      findings.notImported(
        piece,
        `"${word}" is not a single port`,
        'List the ports in "exposedPorts" of image.json.',
      );
  }
  findings.open(piece);
}

/** Reads ENTRYPOINT and CMD. Their shell form runs in the stage's shell. */
export function startCommand(instruction: Instruction, piece: Piece, { stage, findings }: Reading): void {
  const key = instruction.keyword === 'CMD' ? 'cmd' : 'entrypoint';
  const isEmpty = /^\[\s*\]$/.test(instruction.rest.trim());
  const argv =
    instruction.isJson || isEmpty
      ? instruction.words
      : [...stage.shell, instruction.rest.replace(/\\\n\s*/g, ' ').trim()];
  replaced(stage.start[key], findings);
  stage.start[key] = { piece, value: isEmpty ? [] : argv };
  findings.open(piece);
}

/** Reads USER. */
export function user(instruction: Instruction, piece: Piece, { stage, findings }: Reading): void {
  const value = expandVariables(instruction.words[0] ?? '', stage.variables);
  if (!isKnown(value)) {
    findings.notImported(piece, whatIsUnknown(value), 'Set "user" in image.json.');
    return;
  }
  replaced(stage.start.user, findings);
  stage.start.user = { piece, value: value.text };
  findings.open(piece);
}

function replaced(before: Sourced<unknown> | undefined, findings: Reading['findings']): void {
  if (before) findings.notNeeded(before.piece, 'a later instruction replaces it');
}

/** Reads WORKDIR: the folder of later instructions, and where containers start. */
export function workdir(instruction: Instruction, piece: Piece, { stage, findings }: Reading): void {
  const value = expandVariables(instruction.rest.trim().replace(/^"(.*)"$/, '$1'), stage.variables);
  if (!isKnown(value)) {
    findings.notImported(piece, whatIsUnknown(value), 'Set "workdir" in image.json.');
    return;
  }
  stage.cwd = stage.path(value.text);
  stage.workdirs.push({ piece, value: stage.cwd });
  findings.open(piece);
}

/** Reads SHELL. */
export function shellForm(instruction: Instruction, piece: Piece, { stage, findings }: Reading): void {
  stage.shell = instruction.words;
  findings.notNeeded(piece, 'it is applied where a shell form is used');
}

const UNSUPPORTED: Readonly<Record<string, readonly [why: string, todo: string]>> = {
  HEALTHCHECK: [
    'tooling images have no health check',
    'Configure it where the container is started. "checks" of image.json test the image itself.',
  ],
  VOLUME: [
    'tooling images declare no volumes',
    'Mount the folder when the container is started. "directories" of image.json creates it.',
  ],
  ONBUILD: ['only builds of other images run it', 'Do it in the images that are based on this one.'],
  STOPSIGNAL: ['tooling images are not services', 'Set the signal when the container is started.'],
};

/** Reports an instruction that image.json has nothing for. */
export function unsupported(instruction: Instruction, piece: Piece, { findings }: Reading): void {
  const [why, todo] = UNSUPPORTED[instruction.keyword] ?? [
    `unknown instruction "${instruction.keyword}"`,
    'Check its spelling.',
  ];
  findings.notImported(piece, why, todo);
}

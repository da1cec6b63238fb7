import type { Piece } from '../findings';
import { looksSecret } from '../read/secrets';
import type { Instruction } from '../read/instructions';
import { isKnown, whatIsUnknown, type Value } from '../shell/value';
import { expandVariables } from '../shell/variables';
import type { Asked, Reading } from '../stage';

/** Variables that only matter while an image is made. */
const FOR_BUILDS =
  /^(?:DEBIAN_FRONTEND|DEBCONF_\w+|APT_\w+|PIP_\w+|PYTHONDONTWRITEBYTECODE|TARGET(?:ARCH|OS|PLATFORM)|BUILDKIT_\w+|GIT_COMMIT|BUILD_DATE)$/;

const GIVE_VALUE = 'Give it one: --arg';

/** ARG. */
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
      findings.left(
        piece,
        `${name} seems to hold a secret`,
        'Nothing here needs it; take it out of the Dockerfile, and change the secret.',
      );
      continue;
    }
    if (given !== undefined && (value === undefined || isOverride(given))) stage.variables.set(name, given);
    else if (value !== undefined) stage.variables.set(name, expandVariables(value, stage.variables));
    if (stage.variables.has(name) || FOR_BUILDS.test(name))
      findings.needless(piece, 'it was read where it is used');
    else findings.left(piece, `${name} has no value`, `${GIVE_VALUE} ${name}=…`);
  }
}

/** A value of the caller's, which wins over a default. */
export interface Override extends Value {
  readonly isOverride: true;
}

function isOverride(value: Value): boolean {
  return 'isOverride' in value;
}

/** ENV. */
export function environment(instruction: Instruction, piece: Piece, { stage, findings }: Reading): void {
  const values = instruction.properties.map(({ name, value = '' }) => ({
    name,
    value: expandVariables(value, stage.variables),
  }));
  for (const { name, value } of values) {
    stage.variables.set(name, value);
    if (looksSecret(name, value.text))
      findings.left(
        piece,
        `${name} seems to hold a secret, and everybody can read an image`,
        'Give it to the container when it starts; change it, if the Dockerfile was ever published.',
      );
    else if (FOR_BUILDS.test(name)) findings.needless(piece, `${name} only matters while an image is made`);
    else stage.env.set(name, { piece, value });
  }
  findings.open(piece);
}

/** LABEL and MAINTAINER. */
export function labels(instruction: Instruction, piece: Piece, { stage, findings }: Reading): void {
  const given =
    instruction.keyword === 'MAINTAINER'
      ? [{ name: 'org.opencontainers.image.authors', value: instruction.rest }]
      : instruction.properties;
  for (const { name, value = '' } of given) {
    const text = expandVariables(value, stage.variables);
    if (OF_A_PUBLISH.test(name)) findings.needless(piece, `${name} is written by a publish`);
    else if (!isKnown(text))
      findings.left(
        piece,
        whatIsUnknown(text),
        'Write the label into "labels" of image.json, if it is the same at every build.',
      );
    else stage.labels.set(name, { piece, value: text.text });
  }
  findings.open(piece);
}

/** Labels that say of which commit, day or version an image is: an image holds none (the same bytes, the same digest). */
const OF_A_PUBLISH =
  /^(?:org\.opencontainers\.image\.(?:created|version|revision|source|title|base\.\w+|ref\.name)|org\.label-schema\.(?:build-date|vcs-\w+|version|schema-version)|version|build[-_]?date|vcs-ref)$/i;

/** EXPOSE. */
export function ports(instruction: Instruction, piece: Piece, { stage, findings }: Reading): void {
  for (const word of instruction.words) {
    const value = expandVariables(word, stage.variables);
    if (isKnown(value) && /^\d{1,5}(?:\/(?:tcp|udp))?$/.test(value.text)) stage.ports.set(value.text, piece);
    else
      findings.left(piece, `"${word}" is no single port`, 'List the ports in "exposedPorts" of image.json.');
  }
  findings.open(piece);
}

/** ENTRYPOINT and CMD: their exec form as it is, their shell form for the stage's shell. */
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

/** USER. */
export function user(instruction: Instruction, piece: Piece, { stage, findings }: Reading): void {
  const value = expandVariables(instruction.words[0] ?? '', stage.variables);
  if (!isKnown(value)) {
    findings.left(piece, whatIsUnknown(value), 'Write it into "user" of image.json.');
    return;
  }
  replaced(stage.start.user, findings);
  stage.start.user = { piece, value: value.text };
  findings.open(piece);
}

function replaced(before: Asked<unknown> | undefined, findings: Reading['findings']): void {
  if (before) findings.needless(before.piece, 'a later one takes its place');
}

/** WORKDIR: the folder of what follows, and where containers start. */
export function workdir(instruction: Instruction, piece: Piece, { stage, findings }: Reading): void {
  const value = expandVariables(instruction.rest.trim().replace(/^"(.*)"$/, '$1'), stage.variables);
  if (!isKnown(value)) {
    findings.left(piece, whatIsUnknown(value), 'Write it into "workdir" of image.json.');
    return;
  }
  stage.cwd = stage.path(value.text);
  stage.workdirs.push({ piece, value: stage.cwd });
  findings.open(piece);
}

/** SHELL. */
export function shellForm(instruction: Instruction, piece: Piece, { stage, findings }: Reading): void {
  stage.shell = instruction.words;
  findings.needless(piece, 'it was read where a shell form is used');
}

const NOT_HERE: Readonly<Record<string, readonly [why: string, todo: string]>> = {
  HEALTHCHECK: [
    'tooling images have no health check',
    'Write it where the container is started; "checks" of image.json try the image itself.',
  ],
  VOLUME: [
    'tooling images declare no volumes',
    'Mount the folder when the container is started; "directories" of image.json makes it.',
  ],
  ONBUILD: ['there is no build on top that would run it', 'Do it in the image that stands on this one.'],
  STOPSIGNAL: ['tooling images are no services', 'Give the signal when the container is started.'],
};

/** Instructions that image.json has nothing for. */
export function unheard(instruction: Instruction, piece: Piece, { findings }: Reading): void {
  const [why, todo] = NOT_HERE[instruction.keyword] ?? [
    `"${instruction.keyword}" is no instruction that is known here`,
    'See whether it is misspelt.',
  ];
  findings.left(piece, why, todo);
}

import {
  parse,
  type AndOr,
  type Case,
  type Command,
  type CommandNode,
  type For,
  type If,
  type PipelineNode,
  type Statement,
} from 'unbash';
import type { Piece } from '../state/findings';
import type { Reading } from '../state/stage';
import { runPipeline } from './pipeline';
import { condition } from './condition';
import { pieceOf, type ScriptText } from './script-text';
import { expansionContext } from './expansion-context';
import { textOf, fieldsOf } from './words';
import { isKnown } from '../state/value';

/** Whether something succeeds; undefined if that is only known in a build. */
type Status = boolean | undefined;

const LOOP_UNKNOWN = 'the values of the loop are only known in a build';
const WHETHER_IT_RUNS = 'whether it runs is only known in a build';
/** What to do about commands that cannot be imported. */
export const FIND_OUT = 'Find out what it does, and add that to image.json, a tool.json or rootfs/.';

/** Follows a script as far as its effect is known without running it, and adds the outcome of each command. */
export class ScriptReader {
  constructor(
    private readonly script: ScriptText,
    readonly reading: Reading,
  ) {}

  /** Returns false if the text is not a shell script or has a syntax error. */
  run(): boolean {
    const parsed = parse(this.script.text);
    if (parsed.errors?.length) return false;
    this.statements(parsed.commands);
    return true;
  }

  private statements(statements: readonly Statement[]): Status {
    let status: Status = true;
    for (const { command } of statements) status = this.list(command);
    return status;
  }

  private list(node: PipelineNode | AndOr): Status {
    if (node.type !== 'AndOr') return this.pipeline(node);
    let status: Status = true;
    node.commands.forEach((command, index) => {
      const operator = index === 0 ? '&&' : node.operators[index - 1];
      const previous = node.commands[index - 1];
      if (
        operator === '&&'
          ? status === true
          : status === false || (status === undefined && checksExistence(previous))
      )
        status = this.pipeline(command);
      else if (status === undefined)
        this.leave(command, 'whether it runs depends on the result of a command');
      else this.skip(command);
    });
    return status;
  }

  private pipeline(node: PipelineNode): Status {
    switch (node.type) {
      case 'Command':
        return this.simple([node], node);
      case 'Pipeline':
        return this.piped(node.commands, node);
      case 'Subshell':
      case 'BraceGroup':
        return this.group(node);
      case 'If':
        return this.branch(node);
      case 'Case':
        return this.choice(node);
      case 'For':
        return this.loop(node);
      case 'TestCommand':
        return this.tested(node);
      case 'Redirected':
        return this.leave(node, 'the output of several commands is written to a file');
      default:
        return this.leave(node, 'this shell construct is not supported');
    }
  }

  private piped(commands: readonly CommandNode[], node: PipelineNode): Status {
    const simple = commands.filter((command): command is Command => command.type === 'Command');
    return simple.length === commands.length
      ? this.simple(simple, node)
      : this.leave(node, 'its pipeline contains an unsupported shell construct');
  }

  private simple(commands: readonly Command[], node: PipelineNode): Status {
    const isTest = commands.length === 1 && /^(?:\[|test)$/.test(commands[0]?.name?.value ?? '');
    if (isTest) return this.tested(node);
    const status = runPipeline(commands, this.piece(node), this.reading);
    return node.type === 'Pipeline' && node.prefixes.some(({ type }) => type === 'Negation')
      ? negated(status)
      : status;
  }

  private group(node: Extract<PipelineNode, { type: 'Subshell' | 'BraceGroup' }>): Status {
    const { stage } = this.reading;
    const { cwd, variables } = stage;
    if (node.type === 'Subshell') stage.variables = new Map(variables);
    const status = this.statements(node.body.commands);
    if (node.type === 'Subshell') Object.assign(stage, { cwd, variables });
    return status;
  }

  private tested(node: PipelineNode): Status {
    const status = condition(node, expansionContext(this.reading), this.reading.stage);
    if (status === undefined) return this.leave(node, 'whether it is true is only known in a build');
    this.reading.findings.notNeeded(
      this.piece(node),
      `it is ${status ? 'true' : 'false'} on ${this.reading.arch}`,
    );
    return status;
  }

  private branch(node: If): Status {
    const arms = [node, ...node.elif].map(({ clause, then }) => ({ clause, then }));
    for (const [index, { clause, then }] of arms.entries()) {
      const status = this.statements(clause.commands);
      if (status === undefined) return this.leaveRest(node, index);
      if (status) {
        const others = [
          ...arms.slice(index + 1).flatMap((arm) => [arm.clause, arm.then]),
          ...(node.else ? [node.else] : []),
        ];
        this.skipAll(others.flatMap(({ commands }) => commands));
        return this.statements(then.commands);
      }
      this.skipAll(then.commands);
    }
    return node.else ? this.statements(node.else.commands) : true;
  }

  private leaveRest(node: If, from: number): Status {
    const arms = [node, ...node.elif].slice(from);
    const lists = [
      ...arms.map(({ then }) => then),
      ...arms.slice(1).map(({ clause }) => clause),
      ...(node.else ? [node.else] : []),
    ];
    return this.leaveAll(
      lists.flatMap(({ commands }) => commands),
      WHETHER_IT_RUNS,
    );
  }

  private choice(node: Case): Status {
    const setting = expansionContext(this.reading);
    const word = textOf(node.word, setting);
    const piece = this.piece(node, node.items[0]?.pos);
    if (!isKnown(word)) {
      this.leavePiece(piece, 'which case applies is only known in a build');
      return this.leaveAll(
        node.items.flatMap(({ body }) => body.commands),
        WHETHER_IT_RUNS,
      );
    }
    this.reading.findings.notNeeded(piece, `its value is "${word.text}"`);
    const chosen = node.items.find(({ pattern }) =>
      pattern.some((one) => matches(word.text, textOf(one, setting).text)),
    );
    const others = node.items.filter((item) => item !== chosen);
    this.skipAll(others.flatMap(({ body }) => body.commands));
    return chosen ? this.statements(chosen.body.commands) : true;
  }

  private loop(node: For): Status {
    const setting = expansionContext(this.reading);
    const words = node.wordlist?.flatMap((word) => fieldsOf(word, setting)) ?? [];
    const piece = this.piece(node, node.body.pos);
    if (words.length === 0 || !words.every(isKnown)) {
      this.leavePiece(piece, LOOP_UNKNOWN);
      return this.leaveAll(node.body.commands, LOOP_UNKNOWN);
    }
    this.reading.findings.notNeeded(piece, 'each iteration is imported');
    for (const { text } of words) {
      this.reading.stage.set(node.name.value, text);
      this.statements(node.body.commands);
    }
    return true;
  }

  private leaveAll(statements: readonly Statement[], why: string): Status {
    statements.forEach(({ command }) => this.leave(command, why));
    return undefined;
  }

  private skipAll(statements: readonly Statement[]): void {
    statements.forEach(({ command }) => this.skip(command));
  }

  private skip(node: PipelineNode | AndOr): void {
    this.reading.findings.notNeeded(this.piece(node), `it does not run on ${this.reading.arch}`);
  }

  private leave(node: PipelineNode | AndOr, why: string): Status {
    this.leavePiece(this.piece(node), why);
    return undefined;
  }

  private leavePiece(piece: Piece, why: string): void {
    this.reading.findings.notImported(piece, why, FIND_OUT);
  }

  private piece(node: PipelineNode | AndOr, until?: number): Piece {
    return pieceOf(this.script, node, until);
  }
}

function negated(status: Status): Status {
  return status === undefined ? undefined : !status;
}

/** Returns whether a command checks that something exists: then the command after "||" installs it. */
function checksExistence(node: PipelineNode | undefined): boolean {
  return node?.type === 'Command' && /^(?:id|getent|command|which|type|hash)$/.test(node.name?.value ?? '');
}

function matches(text: string, pattern: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+^${}()|[\]\\/-]/g, '\\$&').replaceAll('?', '.'))
    .join('.*');
  return new RegExp(`^${source}$`).test(text);
}

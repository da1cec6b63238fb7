import { spawn, type ChildProcess } from 'node:child_process';

export interface CommandLinePlace {
  readonly launcher: string;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface CommandLineEnd {
  /** 128 + the signal's number if a signal ended it; never null. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartedCommandLine {
  readonly child: ChildProcess;
  /** Resolves when a line of its output matches; rejects when it ends without one. */
  until(pattern: RegExp): Promise<void>;
  readonly ended: Promise<CommandLineEnd>;
}

export function runCommandLine(place: CommandLinePlace, args: readonly string[]): Promise<CommandLineEnd> {
  return startCommandLine(place, args).ended;
}

export function startCommandLine(place: CommandLinePlace, args: readonly string[]): StartedCommandLine {
  const child = spawn(process.execPath, [place.launcher, ...args], {
    cwd: place.folder,
    env: place.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      child.emit('output');
    });
  const ended = new Promise<CommandLineEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ exitCode: code ?? signalCode(signal), ...output }));
  });
  return { child, ended, until: (pattern) => untilOutput(child, output, pattern) };
}

function untilOutput(
  child: ChildProcess,
  output: { readonly stdout: string; readonly stderr: string },
  pattern: RegExp,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (pattern.test(output.stdout) || pattern.test(output.stderr)) resolve();
    };
    child.on('output', look);
    child.on('close', () => reject(new Error(`ended without ${pattern}:\n${output.stdout}${output.stderr}`)));
    look();
  });
}

function signalCode(signal: NodeJS.Signals | null): number {
  return signal === 'SIGKILL' ? 137 : 143;
}

import { goSymbols } from './symbol-name';

/** A plain function or method, with what is in it: "Dial", "Transport.RoundTrip.func1", "(*Transport).RoundTrip". */
const PLAIN = /(?:(\w+)|\(\*(\w+)\))(?:\.(\w+)[\w.]*)?\0/y;

/** Import path → its linked functions, sorted. */
type Symbols = Readonly<Record<string, readonly string[]>>;

/** Collects the symbols that a program's functions prove, by package. */
export class LinkedSymbols {
  private readonly packages = new Map<string, Set<string>>();
  /** The package of the last name as it is written, with the dot after it, and its symbols: most names share it. */
  private prefix = '';
  private symbols = new Set<string>();

  /** Takes names of functions, byte strings that each end with a zero. */
  add(names: string): void {
    for (let start = 0; start < names.length;) {
      const end = names.indexOf('\0', start);
      if (!this.takePlain(names, start)) this.take(names.slice(start, end));
      start = end + 1;
    }
  }

  /** `mainPath`: in a program, the main package is "main"; Go's vulnerability database names it by its import path. */
  sorted(mainPath: string | undefined): Symbols {
    const main = this.packages.get('main');
    if (mainPath !== undefined && main) this.packages.set(mainPath, main);
    const paths = [...this.packages.keys()].sort();
    return Object.fromEntries(paths.map((path) => [path, [...this.packages.get(path)!].sort()]));
  }

  /** Takes a name of the same package as the one before, without its path again. Returns false for other names. */
  private takePlain(names: string, start: number): boolean {
    if (this.prefix === '' || !names.startsWith(this.prefix, start)) return false;
    PLAIN.lastIndex = start + this.prefix.length;
    const match = PLAIN.exec(names);
    if (!match) return false;
    const [, plain, pointer, second] = match;
    const first = plain ?? pointer!;
    this.symbols.add(first);
    if (second !== undefined) this.symbols.add(`${first}.${second}`);
    return true;
  }

  private take(name: string): void {
    const found = goSymbols(name);
    for (const { package: path, symbol } of found) this.symbolsOf(path).add(symbol);
    const [first] = found;
    if (!first || name.includes('[')) return;
    this.prefix = name.slice(0, name.indexOf('.', name.lastIndexOf('/') + 1) + 1);
    this.symbols = this.symbolsOf(first.package);
  }

  private symbolsOf(path: string): Set<string> {
    const known = this.packages.get(path);
    if (known) return known;
    const symbols = new Set<string>();
    this.packages.set(path, symbols);
    return symbols;
  }
}

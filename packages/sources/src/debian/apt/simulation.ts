/** A change that apt would make to one package. */
export interface AptAction {
  readonly name: string;
  /** Version that would be installed; undefined for a removal. */
  readonly version: string | undefined;
  /** `amd64`, `arm64` or `all`; undefined for a removal. */
  readonly arch: string | undefined;
  /** Installed version; undefined for a new package. */
  readonly before: string | undefined;
}

/** `Inst name[:arch] [before] (version origin… [arch])`, as apt-get --simulate prints it. */
const INSTALL = /^Inst ([^\s:]+)(?::\S+)? (?:\[([^\]]+)\] )?\((\S+) .*\[([a-z0-9-]+)\]\)/;
/** `Remv name[:arch] [before]`; `Purg` has the same format. */
const REMOVE = /^(?:Remv|Purg) ([^\s:]+)(?::\S+)? \[([^\]]+)\]/;

/** Returns the actions of `apt-get install --simulate`, in apt's order. */
export function parseAptResolution(stdout: string): AptAction[] {
  return stdout.split('\n').flatMap((line) => {
    const install = INSTALL.exec(line);
    if (install?.[1])
      return [{ name: install[1], version: install[3], arch: install[4], before: install[2] }];
    const remove = REMOVE.exec(line);
    return remove?.[1] ? [{ name: remove[1], version: undefined, arch: undefined, before: remove[2] }] : [];
  });
}

/** Whether a stream shows colours: a terminal, unless NO_COLOR is not empty (no-color.org) or TERM is `dumb`. */
export function showsColor({ isTTY }: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

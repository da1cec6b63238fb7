/** The package has no types of its own. */
declare module 'spdx-expression-parse' {
  /** Throws if the text is not an SPDX licence expression. */
  function parse(text: string): unknown;
  export = parse;
}

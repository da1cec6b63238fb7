/** A file that has a secret of a rule, and files that look like it and have none. */
export interface Sample {
  readonly rule: string;
  readonly path: string;
  readonly content: string | Buffer;
  /** What no output may have. */
  readonly secret: string;
  readonly without: Readonly<Record<string, readonly [path: string, content: string | Buffer]>>;
}

/** The result of a load. */
export interface Loaded {
  readonly manifestDigest: string;
  /** The reference of the loaded image. */
  readonly reference: string;
}

/** What a load ends with. */
export interface Loaded {
  readonly manifestDigest: string;
  /** What to call the image where it was loaded to. */
  readonly reference: string;
}

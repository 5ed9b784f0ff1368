/** One thing that is done to a file. A plan is a list of them, and `--dry-run` shows it. */
export type Act =
  | { readonly act: 'copy'; readonly from: string; readonly to: string; readonly bytes: number }
  | { readonly act: 'link'; readonly from: string; readonly to: string }
  /** Puts a file under a name; what stands there is moved to `keep`. */
  | { readonly act: 'place'; readonly from: string; readonly to: string; readonly keep?: string }
  /** Puts back what was kept; what stands there is ours and goes. */
  | { readonly act: 'restore'; readonly from: string; readonly to: string }
  | { readonly act: 'remove'; readonly path: string };

/** How far a long piece of work is. `total` 0 means that its length is not known. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

export type ReportProgress = (progress: Progress) => void;

export const silentProgress: ReportProgress = () => undefined;

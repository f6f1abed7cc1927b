/** One block at the top level of a markdown text; offsets are of the source. */
export type OutlineBlock =
  | {
      readonly kind: 'heading';
      readonly start: number;
      readonly end: number;
      readonly depth: number;
      /** As the source spells it, without the marks. */
      readonly title: string;
    }
  | {
      readonly kind: 'code';
      readonly start: number;
      readonly end: number;
      readonly language: string | null;
      readonly value: string;
    }
  | { readonly kind: 'text'; readonly start: number; readonly end: number };

import { finalNewline } from './final-newline.js';

/** Two versions as git writes a conflict, for a person to settle; `verify` finds what is left. */
export function conflictText(our: string, their: string): string {
  return `<<<<<<< ours\n${finalNewline(our)}=======\n${finalNewline(their)}>>>>>>> theirs\n`;
}

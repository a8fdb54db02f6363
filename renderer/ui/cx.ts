/** Joins class names, leaving out what is false. Components keep their look to themselves; `className` only places them. */
export const cx = (...names: (string | false | null | undefined)[]): string => names.filter(Boolean).join(' ');

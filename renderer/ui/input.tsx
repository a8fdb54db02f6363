import type { ComponentProps } from 'react';
import { cx } from './cx.ts';

export const fieldLook = cx(
  'w-full min-w-0 rounded-control border border-control bg-surface px-3 text-ink placeholder:text-muted',
  'focus-visible:outline-offset-0 disabled:bg-subtle disabled:text-muted [&:is(input,textarea):read-only]:bg-subtle aria-invalid:border-bad',
);

/** One line of text. Give it to a `FormField`, which adds label, help and error. */
export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input dir="auto" {...rest} className={cx(fieldLook, 'h-(--control-height)', className)} />;
}

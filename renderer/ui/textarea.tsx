import type { ComponentProps } from 'react';
import { cx } from './cx.ts';
import { fieldLook } from './input.tsx';

/** Prose. Grows with its text up to `maxHeight` of its container; spelling is checked. */
export function Textarea({ className, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      dir="auto"
      spellCheck
      rows={4}
      {...rest}
      className={cx(fieldLook, 'block resize-y py-2 field-sizing-content min-h-20', className)}
    />
  );
}

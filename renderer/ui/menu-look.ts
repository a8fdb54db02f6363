/** What menus, selects and popovers share. */
export const floatLook = 'z-50 overflow-hidden rounded-card border bg-surface text-ink shadow-float animate-fade';
export const itemLook =
  'relative flex min-h-8 cursor-default items-center gap-2 rounded-control px-2 py-1 outline-none select-none data-[highlighted]:bg-subtle data-[disabled]:opacity-50';

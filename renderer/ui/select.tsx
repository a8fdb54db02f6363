import { Check, ChevronDown } from 'lucide-react';
import { Select as S } from 'radix-ui';
import { cx } from './cx.ts';
import { Icon } from './icon.tsx';
import { fieldLook } from './input.tsx';
import { floatLook, itemLook } from './menu-look.ts';

export type SelectOption<V extends string> = { value: V; label: string; disabled?: boolean };

/** One choice of few. `label` names it when no `FormField` does. */
export function Select<V extends string>({
  value,
  onChange,
  options,
  label,
  placeholder,
  disabled,
  className,
  ...field
}: {
  value: V | '';
  onChange: (value: V) => void;
  options: readonly SelectOption<V>[];
  label?: string;
  placeholder?: string;
  disabled?: boolean;
  className?: string;
  id?: string;
  name?: string;
}) {
  const { name, ...rest } = field;
  return (
    <S.Root value={value} onValueChange={(next) => onChange(next as V)} disabled={disabled} name={name}>
      <S.Trigger
        {...rest}
        aria-label={label}
        className={cx(fieldLook, 'flex h-(--control-height) items-center justify-between gap-2 text-start', className)}
      >
        <span className="clip-line">
          <S.Value placeholder={placeholder} />
        </span>
        <Icon of={ChevronDown} className="text-muted" />
      </S.Trigger>
      <S.Portal>
        <S.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className={cx(floatLook, 'max-h-80 min-w-(--radix-select-trigger-width)')}
        >
          <S.Viewport className="p-1">
            {options.map((option) => (
              <S.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled}
                className={cx(itemLook, 'pe-8')}
              >
                <S.ItemText>{option.label}</S.ItemText>
                <S.ItemIndicator className="absolute end-2">
                  <Icon of={Check} />
                </S.ItemIndicator>
              </S.Item>
            ))}
          </S.Viewport>
        </S.Content>
      </S.Portal>
    </S.Root>
  );
}

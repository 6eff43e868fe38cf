import { useEffect, useState, type ReactNode, type Ref } from 'react';
import { Icon, type IconName } from './Icon';
import styles from './controls.module.css';

interface Option<T extends string> {
  value: T;
  label: string;
  icon?: IconName;
  hint?: string;
}

interface SegmentedProps<T extends string> {
  label: string;
  value: T;
  options: readonly Option<T>[];
  onChange: (value: T) => void;
}

/** A few choices side by side, one of them taken. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  return (
    <div className={styles.segmented} role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          title={option.hint}
          onClick={() => onChange(option.value)}
        >
          {option.icon && <Icon name={option.icon} size={14} />}
          <span>{option.label}</span>
        </button>
      ))}
    </div>
  );
}

interface ToggleProps {
  icon: IconName;
  label: string;
  /** What it is called where that is more than its label, which then gives way in a narrow header. */
  name?: string;
  hint?: string;
  pressed: boolean;
  onClick: () => void;
}

/** Something that is on or off. */
export function Toggle({ icon, label, name, hint, pressed, onClick }: ToggleProps) {
  return (
    <button
      type="button"
      className={styles.toggle}
      aria-pressed={pressed}
      aria-label={name}
      title={hint}
      onClick={onClick}
    >
      <Icon name={icon} size={14} />
      <span>{label}</span>
    </button>
  );
}

interface SelectProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
  disabled?: boolean;
  /** On a narrow screen the label gives way. */
  compact?: boolean;
}

export function Select({ label, value, options, onChange, disabled, compact = false }: SelectProps) {
  return (
    <label className={`${styles.field} ${compact ? styles.compact : ''}`}>
      <span>{label}</span>
      <select
        value={value}
        aria-label={label}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}

interface SearchProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onEnter?: () => void;
  onEscape?: () => void;
  ref?: Ref<HTMLInputElement>;
}

export function SearchBox({ label, value, onChange, onEnter, onEscape, ref }: SearchProps) {
  return (
    <label className={styles.search}>
      <Icon name="search" size={14} />
      <span className="visually-hidden">{label}</span>
      <input
        ref={ref}
        type="text"
        inputMode="search"
        placeholder={label}
        value={value}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onEnter?.();
          if (event.key === 'Escape') {
            event.stopPropagation();
            event.currentTarget.blur();
            onEscape?.();
          }
        }}
      />
      {value === '' && <kbd aria-hidden>/</kbd>}
    </label>
  );
}

interface CopyProps {
  /** What is put on the clipboard; a function where it must be made or fetched first. */
  text: string | (() => Promise<string>);
  label: ReactNode;
  hint?: string;
  icon?: IconName;
  quiet?: boolean;
}

/** Says in place that it copied, without a move of what stands beside it, or that it could not. */
export function CopyButton({ text, label, hint, icon = 'copy', quiet = false }: CopyProps) {
  const [said, setSaid] = useState<'copied' | 'failed'>();
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(undefined), 1600);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : await text());
      setSaid('copied');
    } catch {
      setSaid('failed');
    }
  };
  return (
    <button
      type="button"
      className={quiet ? styles.quiet : styles.button}
      title={hint}
      onClick={() => void copy()}
    >
      <span className={styles.words} aria-live="polite">
        <span className={styles.label} data-away={said === 'copied' || undefined}>
          <Icon name={icon} size={14} />
          <span>{said === 'failed' ? 'Cannot copy here' : label}</span>
        </span>
        {said === 'copied' && <span className={styles.said}>Copied</span>}
      </span>
    </button>
  );
}

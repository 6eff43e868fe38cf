import { useState } from 'react';
import { Select } from '../../components/Controls';
import { limits, type TraceQuery } from '../../model/traceQuery';
import styles from './traces.module.css';

interface Props {
  query: TraceQuery;
  services: readonly string[];
  operations: readonly string[];
  searching: boolean;
  onSearch: (change: Partial<TraceQuery>) => void;
}

/** What is chosen searches at once; what is typed, on Enter or with the button. */
export function SearchForm({ query, services, operations, searching, onSearch }: Props) {
  const [typed, setTyped] = useState({ tags: query.tags, min: query.min, max: query.max });
  const options = (values: readonly string[], present: string) =>
    (present && !values.includes(present) ? [present, ...values] : values).map((value) => ({
      value,
      label: value,
    }));
  const field = (
    name: keyof typeof typed,
    label: string,
    placeholder: string,
    className: string | undefined,
  ) => (
    <label className={`${styles.field} ${className ?? ''}`}>
      <span>{label}</span>
      <input
        type="text"
        value={typed[name]}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
      />
    </label>
  );
  return (
    <form
      className={styles.form}
      role="search"
      aria-label="Search traces"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(typed);
      }}
    >
      <div className={styles.stacked}>
        <Select
          label="Service"
          value={query.service}
          options={
            query.service
              ? options(services, query.service)
              : [{ value: '', label: '' }, ...options(services, '')]
          }
          onChange={(service) => onSearch({ ...typed, service })}
        />
      </div>
      <div className={styles.stacked}>
        <Select
          label="Operation"
          value={query.operation}
          options={[{ value: '', label: 'all' }, ...options(operations, query.operation)]}
          onChange={(operation) => onSearch({ ...typed, operation })}
        />
      </div>
      {field('tags', 'Tags', 'error=true tracery.fate=deadline', styles.wide)}
      {field('min', 'Min duration', '250ms', styles.short)}
      {field('max', 'Max duration', '1.2s', styles.short)}
      <div className={styles.stacked}>
        <Select
          label="Limit"
          value={String(query.limit)}
          options={limits.map((limit) => ({ value: String(limit), label: String(limit) }))}
          onChange={(limit) => onSearch({ ...typed, limit: Number(limit) })}
        />
      </div>
      <button type="submit" className={styles.submit} disabled={!query.service} aria-busy={searching}>
        Search
      </button>
    </form>
  );
}

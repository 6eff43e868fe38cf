import { useState } from 'react';
import { Select } from '../../components/Controls';
import { useMedia } from '../../components/useMedia';
import { navigate, urlWith, useLocation } from '../../components/navigation';
import { tapFilters } from '../../model/exchange';
import styles from './live.module.css';

/** On a phone, the conditions that are in sight at first, and what is chosen instead of typed. */
const FIRST = 2;
const CHOICES = ['direction', 'retried', 'since'];

/** Every condition stands in the URL; what is typed counts on Enter. */
export function Filters() {
  const { params } = useLocation();
  const key = tapFilters.map((filter) => params.get(filter.key) ?? '').join('\n');
  return <Form key={key} params={params} />;
}

function Form({ params }: { params: URLSearchParams }) {
  const [typed, setTyped] = useState<Record<string, string>>(() =>
    Object.fromEntries(tapFilters.map(({ key }) => [key, params.get(key) ?? ''])),
  );
  const narrow = useMedia('(max-width: 720px)');
  const [wide, setWide] = useState(() =>
    [...tapFilters.slice(FIRST).map(({ key }) => key), ...CHOICES].some((key) => params.has(key)),
  );
  const all = wide || !narrow;
  const choose = (key: string) => (value: string) => navigate(urlWith({ ...typed, [key]: value }));
  return (
    <form
      className={styles.filters}
      role="search"
      aria-label="Which exchanges"
      onSubmit={(event) => {
        event.preventDefault();
        navigate(urlWith(typed));
      }}
    >
      {tapFilters.slice(0, all ? undefined : FIRST).map(({ key, label, hint }) => (
        <label key={key} className={styles.filter}>
          <span>{label}</span>
          <input
            type="text"
            value={typed[key] ?? ''}
            placeholder={hint}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setTyped({ ...typed, [key]: event.target.value })}
          />
        </label>
      ))}
      {all && <Choices params={params} choose={choose} />}
      {!all && (
        <button type="button" onClick={() => setWide(true)}>
          More…
        </button>
      )}
      <button type="submit">Watch</button>
    </form>
  );
}

function Choices({
  params,
  choose,
}: {
  params: URLSearchParams;
  choose: (key: string) => (value: string) => void;
}) {
  return (
    <>
      <div className={styles.filter}>
        <Select
          label="Seen by"
          value={params.get('direction') ?? ''}
          options={[
            { value: '', label: 'both ends' },
            { value: 'inbound', label: 'receiver' },
            { value: 'outbound', label: 'sender' },
          ]}
          onChange={choose('direction')}
        />
      </div>
      <div className={styles.filter}>
        <Select
          label="Retried"
          value={params.get('retried') ?? ''}
          options={[
            { value: '', label: 'all' },
            { value: 'true', label: 'retried' },
            { value: 'false', label: 'not retried' },
          ]}
          onChange={choose('retried')}
        />
      </div>
      <div className={styles.filter}>
        <Select
          label="Look back"
          value={params.get('since') ?? ''}
          options={[
            { value: '', label: 'from now on' },
            { value: '30s', label: '30 s' },
            { value: '5m', label: '5 min' },
            { value: '1h', label: '1 h' },
          ]}
          onChange={choose('since')}
        />
      </div>
    </>
  );
}

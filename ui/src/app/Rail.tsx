import { useTapOffered } from '../api/offers';
import { Icon, type IconName } from '../components/Icon';
import { Link, useLocation } from '../components/navigation';
import styles from '../components/shell.module.css';

const places: {
  to: string;
  name: string;
  icon: IconName;
  isAt: (path: string) => boolean;
  /** Only where the server can be asked for single exchanges. */
  taps?: boolean;
}[] = [
  { to: '/', name: 'Topology', icon: 'topology', isAt: (path) => path === '/' },
  { to: '/services', name: 'Services', icon: 'services', isAt: (path) => path.startsWith('/services') },
  { to: '/traces', name: 'Traces', icon: 'traces', isAt: (path) => path.startsWith('/traces') },
  { to: '/live', name: 'Live', icon: 'live', isAt: (path) => path === '/live', taps: true },
  { to: '/mesh', name: 'Mesh', icon: 'mesh', isAt: (path) => path === '/mesh' },
];

/** The time goes along from page to page; what was chosen on one does not. */
const carried = ['lookback', 'from', 'to', 'window'];

function withTime(to: string, params: URLSearchParams): string {
  const kept = new URLSearchParams([...params].filter(([key]) => carried.includes(key)));
  return kept.size > 0 ? `${to}?${kept.toString()}` : to;
}

export function Rail({ path }: { path: string }) {
  const { params } = useLocation();
  const tapOffered = useTapOffered();
  return (
    <nav className={styles.rail} aria-label="Pages">
      <div className={styles.mark}>
        <img src="/mark.svg" width={24} height={24} alt="Tracery" />
      </div>
      {places
        .filter(({ taps }) => !taps || tapOffered)
        .map(({ to, name, icon, isAt }) => (
          <Link
            key={to}
            to={withTime(to, params)}
            className={styles.railLink}
            aria-current={isAt(path) ? 'page' : undefined}
          >
            <Icon name={icon} size={18} />
            <span>{name}</span>
          </Link>
        ))}
    </nav>
  );
}

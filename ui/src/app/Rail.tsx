import { Icon, type IconName } from '../components/Icon';
import { Link } from '../components/navigation';
import styles from '../components/shell.module.css';

const places: { to: string; name: string; icon: IconName; isAt: (path: string) => boolean }[] = [
  { to: '/', name: 'Topology', icon: 'topology', isAt: (path) => path === '/' },
  { to: '/traces', name: 'Traces', icon: 'traces', isAt: (path) => path.startsWith('/traces') },
];

export function Rail({ path }: { path: string }) {
  return (
    <nav className={styles.rail} aria-label="Pages">
      <div className={styles.mark}>
        <img src="/mark.svg" width={24} height={24} alt="Tracery" />
      </div>
      {places.map(({ to, name, icon, isAt }) => (
        <Link key={to} to={to} className={styles.railLink} aria-current={isAt(path) ? 'page' : undefined}>
          <Icon name={icon} size={18} />
          <span>{name}</span>
        </Link>
      ))}
    </nav>
  );
}

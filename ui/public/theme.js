// Runs before the first paint, so that a dark page is never white for a frame.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem('tracery.theme');
  } catch {
    // Storage can be forbidden; the system's preference stands then.
  }
  if (theme !== 'light' && theme !== 'dark') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.dataset.theme = theme;
})();

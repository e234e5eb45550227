// Sets the chosen theme before the first paint; without a choice the system's theme applies through color-scheme.
try {
  const theme = localStorage.getItem('tocsin.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be forbidden: then the system's theme stays.
}

// The theme a reader chose, kept in this browser. public/theme.js applies it before the first paint.
import { useState } from 'react'
import type { ThemeChoice } from './context.tsx'

const key = 'tocsin.theme'

/** The choice and how to change it; `system` removes it. Storage may be forbidden: then it holds until the page is left. */
export function useTheme(): [ThemeChoice, (theme: ThemeChoice) => void] {
  const [theme, setTheme] = useState<ThemeChoice>(() => {
    const set = document.documentElement.dataset.theme
    return set === 'light' || set === 'dark' ? set : 'system'
  })
  const choose = (next: ThemeChoice) => {
    if (next === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = next
    try {
      if (next === 'system') localStorage.removeItem(key)
      else localStorage.setItem(key, next)
    } catch {
      // Storage is forbidden here.
    }
    setTheme(next)
    window.dispatchEvent(new Event('themechange'))
  }
  return [theme, choose]
}

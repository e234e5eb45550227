// Starts the web UI.
import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api/hooks.ts'
import { makeRouter } from './router.tsx'
import './styles.css'
import { ToastProvider } from './ui/toast.tsx'

// A page left open over an upgrade asks for code that is gone: load the new version, once.
window.addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem('tocsin.reloaded') ?? 0)
  if (performance.timeOrigin - last < 10_000) return
  sessionStorage.setItem('tocsin.reloaded', String(performance.timeOrigin))
  event.preventDefault()
  window.location.reload()
})

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <ToastProvider>
          <RouterProvider router={makeRouter()} />
        </ToastProvider>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
)

// Keeps "For 2 min" true while the page is open, and takes Undo away when its eight seconds are over. Without it the page says what was true
// when it was opened, and the server refuses an Undo that comes too late.
'use strict'

const words = (seconds) => {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

// Counts from what the server wrote, so that a phone with a wrong clock is right too.
const written = document.querySelector('.state time')
const openedAt = performance.now()
const secondsUntil = (at) =>
  (Date.parse(at ?? '') - Date.parse(written?.getAttribute('datetime') ?? '') - (performance.now() - openedAt)) / 1000
for (const form of document.querySelectorAll('[data-until]')) {
  const left = form.querySelector('.left')
  const tick = () => {
    const seconds = Math.ceil(secondsUntil(form.getAttribute('data-until')))
    if (left) left.textContent = `0:0${Math.max(0, seconds)}`
    if (!(seconds > 0)) {
      clearInterval(timer)
      form.remove()
    }
  }
  const timer = setInterval(tick, 200)
  tick()
}
for (const place of document.querySelectorAll('[data-since]')) {
  const before = (Date.parse(written?.getAttribute('datetime') ?? '') - Date.parse(place.getAttribute('data-since') ?? '')) / 1000
  if (!Number.isFinite(before)) continue
  const tick = () => {
    place.textContent = words(Math.max(0, Math.round(before + (performance.now() - openedAt) / 1000)))
  }
  tick()
  setInterval(tick, 1000)
}

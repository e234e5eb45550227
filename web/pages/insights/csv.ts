// Saves a table as CSV: what is shown, no more.

/** Cells that begin like a formula get an apostrophe, so that a spreadsheet shows them and does not run them. */
export function saveCsv(name: string, head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): void {
  const cell = (value: string | number | null) =>
    value === null
      ? ''
      : typeof value === 'number'
        ? String(value)
        : `"${(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([[head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')], { type: 'text/csv' }))
  link.download = `${name}.csv`
  link.click()
  URL.revokeObjectURL(link.href)
}

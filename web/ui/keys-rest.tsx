// Stands where a dialog, a menu or the palette is still loading: the words meant for it must not reach the page's single keys.

/** Makes single keys rest while it is in the page. Shows nothing. */
export function KeysRest() {
  return <span data-keys-rest hidden />
}

// Turns the list of routes into the router: pages inside the frame and pages that stand alone.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, type AnyRoute } from '@tanstack/react-router'
import { Frame } from './frame.tsx'
import { NotFound, PageFailed } from './not-found.tsx'
import { routes, type PageRoute } from './routes.tsx'

/** The router over `routes`. Search parameters are plain texts, so that a URL reads as it was typed. */
export function makeRouter() {
  const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })
  const framed = createRoute({ getParentRoute: () => root, id: 'framed', component: Frame })
  const narrow = createRoute({ getParentRoute: () => root, id: 'narrow', component: () => <Frame narrow /> })
  const pagesOf = (sidebar: PageRoute['sidebar'], parent: AnyRoute) =>
    routes
      .filter((route) => (route.sidebar ?? 'wide') === sidebar)
      .map((route) => createRoute({ getParentRoute: () => parent, path: route.path, component: lazyRouteComponent(route.page) }))
  return createRouter({
    routeTree: root.addChildren([
      ...pagesOf('none', root),
      framed.addChildren(pagesOf('wide', framed)),
      narrow.addChildren(pagesOf('narrow', narrow)),
    ]),
    defaultPreload: 'intent',
    defaultErrorComponent: PageFailed,
    scrollRestoration: true,
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const kept = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
      const text = new URLSearchParams(kept.map(([name, value]) => [name, String(value)])).toString()
      return text ? `?${text}` : ''
    },
  })
}

import { chromium } from 'playwright-core'
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
const p = await b.newPage({ viewport: { width: 1200, height: 700 } })
p.on('console', (m) => console.log('console', m.type(), m.text()))
await p.goto('http://127.0.0.1:8931/api/incidents'); await p.screenshot({ path: '/tmp/api.png' })
await b.close()

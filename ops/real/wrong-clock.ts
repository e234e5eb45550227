// Loaded before a node (`node --import`): its machine's clock is wrong by WRONG_CLOCK_MS from its start on, or is set so WRONG_CLOCK_AFTER_MS later. Time
// passes as ever.
const wrongMs = Number(process.env['WRONG_CLOCK_MS'] ?? 0)
const afterMs = Number(process.env['WRONG_CLOCK_AFTER_MS'] ?? 0)
const right = Date.now.bind(Date)
const began = performance.now()
Date.now = () => right() + (performance.now() - began >= afterMs ? wrongMs : 0)

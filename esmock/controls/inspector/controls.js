/** Faults, clock and spaces: switches for what a real cluster cannot do. */

import { api, attempt, h, state, toast, url } from './kit.js'

const view = { narrow: { endpoint: '', index: '', first: '' } }

export const faults = {
  async show (main) {
    const page = h('div.page')
    main.replaceChildren(page)
    const draw = () => attempt(async () => {
      const [{ kinds }, { faults }, { stubs }, { scenarios }] = await Promise.all(['/v1/faults/kinds', '/v1/faults', '/v1/stubs', '/v1/scenarios'].map(path => api('GET', path)))
      page.replaceChildren(work(faults, stubs, draw), ready(scenarios, draw), narrowing(), catalogue(kinds, faults, draw))
    })
    this.load = draw
    await draw()
  },
  load: async () => {}
}

function work (faults, stubs, draw) {
  const release = (kind, id) => attempt(async () => { await api('DELETE', `/v1/${kind}/${id}`); draw() })
  const row = kind => rule => h('tr', {}, h('td', {}, h('strong', {}, rule.label || rule[kind.slice(0, -1)])), h('td.quiet', {}, brief(rule.match), ' ', brief(rule.when)),
    h('td.n', {}, `${rule.acted} of ${rule.seen}`), h('td', {}, h('button', { onclick: () => release(kind, rule.id), 'aria-label': `Release ${rule.label || rule[kind.slice(0, -1)]}` }, 'Release')))
  const rows = [...faults.map(row('faults')), ...stubs.map(row('stubs'))]
  return h('section.card.wide', {}, h('h3', {}, 'At work', rows.length ? h('button.plain', { onclick: () => attempt(async () => { await api('DELETE', '/v1/faults'); await api('DELETE', '/v1/stubs'); draw() }) }, 'Release all') : null),
    rows.length
      ? h('table.table', {}, h('thead', {}, h('tr', {}, ...['Rule', 'On', 'Acted', ''].map(text => h(text === 'Acted' ? 'th.n' : 'th', { scope: 'col' }, text)))), h('tbody', {}, ...rows))
      : h('div.empty', {}, 'Nothing goes wrong here. Switch something on below.'))
}

const brief = tree => Object.entries(tree || {}).map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`).join(', ')

function ready (scenarios, draw) {
  return h('section.card.wide', {}, h('h3', {}, 'Scenarios'), h('div.in.buttons', {}, ...scenarios.map(one =>
    h('button', { title: one.summary, onclick: () => attempt(async () => { await api('POST', `/v1/scenarios/${one.name}`, {}); toast(one.summary); draw() }) }, one.name.replaceAll('_', ' ')))))
}

function narrowing () {
  const input = (name, text, hint) => h('label', {}, text, h('input', { value: view.narrow[name], placeholder: hint, oninput: event => { view.narrow[name] = event.target.value } }))
  return h('section.card.wide', {}, h('h3', {}, 'What the next switch applies to'), h('div.in.form', {}, input('endpoint', 'Endpoint', 'all, or search, indices.*'), input('index', 'Index', 'all, or books*'), input('first', 'First N times', 'until released')))
}

function catalogue (kinds, faults, draw) {
  return h('section.card.wide', {}, h('h3', {}, `Faults (${kinds.length})`), h('div.kinds', {}, ...kinds.map(kind => tile(kind, faults.filter(rule => rule.fault === kind.name), draw))))
}

function tile (kind, rules, draw) {
  const on = rules.length > 0
  const required = Object.entries(kind.options).filter(([, option]) => option.required)
  const inputs = required.map(([name, option]) => h('label', {}, name, h('input', { 'data-name': name, placeholder: option.text, 'aria-label': `${kind.name} ${name}` })))
  const box = h(`div.kind${on ? '.on' : ''}`, {})
  const flip = () => attempt(async () => {
    if (on) for (const rule of rules) await api('DELETE', `/v1/faults/${rule.id}`)
    else await api('POST', '/v1/faults', { fault: kind.name, match: match(kind), ...(view.narrow.first ? { when: { first: Number(view.narrow.first) } } : {}), ...options(box, kind) })
    draw()
  })
  box.append(h('button.switch', { role: 'switch', 'aria-checked': String(on), 'aria-label': kind.name, onclick: flip }), h('b', {}, kind.name), h('p', {}, kind.summary), ...inputs)
  return box
}

function match (kind) {
  if (['refuse', 'node_down'].includes(kind.name)) return {}
  return Object.fromEntries(['endpoint', 'index'].filter(name => view.narrow[name]).map(name => [name, view.narrow[name]]))
}

function options (box, kind) {
  const found = {}
  for (const input of box.querySelectorAll('[data-name]')) if (input.value) found[input.dataset.name] = /^-?[\d.]+$/.test(input.value) ? Number(input.value) : input.value
  if (['refuse', 'node_down'].includes(kind.name) && state.space === 'default') found.seconds = 5
  return found
}

export const clock = {
  async show (main) {
    const now = h('div.now', { 'aria-live': 'off', id: 'now' })
    const about = h('p.quiet')
    const freeze = h('button.switch', { role: 'switch', id: 'freeze', onclick: () => set(freeze.getAttribute('aria-checked') === 'true' ? { resume: true } : { freeze: true }) }, 'Frozen')
    const draw = found => {
      now.textContent = found.now.replace('T', ' ').replace('Z', '')
      freeze.setAttribute('aria-checked', String(found.frozen))
      about.textContent = found.next_timer_ms === null ? 'UTC. No timer is set.' : `UTC. The next timer is due at ${new Date(found.next_timer_ms).toISOString()}.`
    }
    const set = body => attempt(async () => draw(await api('PUT', '/v1/clock', body)))
    const step = [['1s', '+1 second'], ['1m', '+1 minute'], ['1h', '+1 hour'], ['1d', '+1 day'], ['30d', '+30 days']]
    const travel = h('input', { type: 'datetime-local', step: '1', 'aria-label': 'Instant, in UTC' })
    main.replaceChildren(h('div.page', {}, h('section.card', {}, h('h3', {}, 'Time of this space'), h('div.in', {}, now, about, h('div.buttons', {}, freeze),
      h('div.buttons', {}, ...step.map(([advance, text]) => h('button', { onclick: () => set({ advance }) }, text))),
      h('div.form', {}, h('label', {}, 'Travel to', travel), h('button', { onclick: () => travel.value && set({ travel: travel.value + 'Z' }) }, 'Go')))),
    h('section.card', {}, h('h3', {}, 'What follows it'), h('div.in.quiet', {}, 'Rollup and other cron jobs, scrolls and points in time, task durations, took, refresh intervals, dates in documents and index names. Advancing runs every timer that comes due on the way, in order.'))))
    this.load = () => attempt(async () => draw(await api('GET', '/v1/clock')))
    await this.load()
    const timer = setInterval(() => now.isConnected ? this.load() : clearInterval(timer), 1000)
  },
  load: async () => {}
}

export const spaces = {
  async show (main, change) {
    const page = h('div.page')
    main.replaceChildren(page)
    const draw = () => attempt(async () => {
      const { spaces } = await api('GET', '/v1/spaces')
      change(spaces)
      page.replaceChildren(table(spaces, draw, change), making(draw), file(draw))
    })
    this.load = draw
    await draw()
  },
  load: async () => {}
}

function table (spaces, draw, change) {
  const act = (path, text) => attempt(async () => { await path(); toast(text); draw() })
  const row = one => h('tr', {}, h('td', {}, h('strong', {}, one.name), one.name === state.space ? h('span.badge.good', {}, 'shown') : null), h('td', {}, one.version), h('td.n', {}, String(one.indices ?? '–')), h('td.n', {}, String(one.exchanges)),
    h('td.n', {}, String(one.faults + one.stubs)), h('td', {}, one.clock.frozen ? h('span.badge.warn', {}, `frozen at ${one.clock.now}`) : 'runs'), h('td', {}, h('code', {}, one.url ?? '')),
    h('td', {}, h('button', { onclick: () => change(null, one.name) }, 'Show'), ' ', h('button', { onclick: () => act(() => api('POST', '/v1/reset', undefined, one.name === 'default' ? {} : { space: one.name }), `${one.name} is clean`) }, 'Reset'), ' ',
      one.name === 'default' ? null : h('button', { onclick: () => act(() => api('DELETE', `/v1/spaces/${one.name}`), `${one.name} is gone`) }, 'Drop')))
  return h('section.card.wide', {}, h('h3', {}, 'Spaces: isolated clusters in this process'), h('table.table', {}, h('thead', {}, h('tr', {}, ...['Name', 'Version', 'Indices', 'Requests', 'Rules', 'Clock', 'URL', ''].map(text => h(/Indices|Requests|Rules/.test(text) ? 'th.n' : 'th', { scope: 'col' }, text)))), h('tbody', {}, ...spaces.map(row))))
}

function making (draw) {
  const name = h('input', { placeholder: 'made up', 'aria-label': 'Name' })
  const version = h('select', { 'aria-label': 'Version' }, h('option', { value: '' }, 'as the server'), ...['7.10.2', '7.17.29', '8.19.21', '9.5.3'].map(one => h('option', {}, one)))
  const port = h('input', { type: 'checkbox' })
  const make = () => attempt(async () => {
    const made = await api('POST', '/v1/spaces', { ...(name.value ? { name: name.value } : {}), ...(version.value ? { version: version.value } : {}), ...(port.checked ? { port: 0 } : {}) })
    toast(`${made.name} at ${made.url}`)
    draw()
  })
  return h('section.card', {}, h('h3', {}, 'New space'), h('div.in.form', {}, h('label', {}, 'Name', name), h('label', {}, 'Version', version), h('label', {}, 'Own port', port), h('button.main', { onclick: make, id: 'make' }, 'Make')))
}

function file (draw) {
  const load = event => attempt(async () => {
    const text = await event.target.files[0].text()
    await api('PUT', '/v1/state', JSON.parse(text))
    toast('The state is loaded')
    draw()
  })
  return h('section.card', {}, h('h3', {}, 'State'), h('div.in', {}, h('p.quiet', {}, 'Everything in the shown space as one JSON file, and back.'), h('div.buttons', {}, h('a', { href: url('/v1/state'), download: 'state.json' }, 'Save state.json'),
    h('label.field', {}, 'Load', h('input', { type: 'file', accept: '.json', onchange: load })),
    h('button', { onclick: () => attempt(async () => { await api('POST', '/v1/freeze'); toast('Resets return to what is here now') }) }, 'Keep as seed'))))
}

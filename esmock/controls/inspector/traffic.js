/** Live traffic: requests as they come, request and answer side by side. */

import { api, attempt, copy, h, json, pretty, state, statusClass, toast, url } from './kit.js'

const KEEP = 400
const view = { rows: [], selected: null, filter: '', only: 'all', source: null, list: null, detail: null, waiting: null, skipped: 0 }

export function show (main) {
  view.list = h('ol.list', { 'aria-label': 'Requests, newest first' })
  view.detail = h('section.detail', { 'aria-label': 'Request and answer' })
  view.waiting = h('div')
  const filter = h('input', {
    type: 'search', placeholder: 'Filter: search, books, 429 …', 'aria-label': 'Filter', id: 'filter', value: view.filter,
    oninput: event => { view.filter = event.target.value; render() }
  })
  const only = h('select', { 'aria-label': 'Which', onchange: event => { view.only = event.target.value; render() } },
    ...[['all', 'all'], ['errors', 'errors'], ['rules', 'with faults'], ['slow', 'slow']].map(([value, text]) => h('option', { value, selected: value === view.only }, text)))
  const clear = h('button', { onclick: () => attempt(async () => { await api('DELETE', '/v1/journal'); view.rows = []; view.selected = null; render(); detail() }) }, 'Clear')
  main.replaceChildren(h('div.split', {},
    h('section.side', { 'aria-label': 'Traffic' }, h('div.bar', {}, filter, only, clear), view.waiting, h('div.scroll', {}, view.list)),
    view.detail))
  attempt(load)
}

export async function load () {
  const found = await api('GET', '/v1/journal', undefined, { limit: KEEP })
  view.rows = found.exchanges.reverse()
  render()
  detail()
  await waiting()
}

/** Follow the server's events; started once, again for another space. */
export function follow (onState) {
  view.source?.close()
  const dot = document.getElementById('live')
  const source = view.source = new EventSource(url('/v1/journal/events'))
  const mark = on => {
    dot.classList.toggle('on', on)
    dot.title = on ? 'live' : 'not connected'
    dot.setAttribute('aria-label', dot.title)
  }
  source.onopen = () => mark(true)
  source.onerror = () => mark(false)
  source.onmessage = event => {
    const { exchanges, skipped } = JSON.parse(event.data)
    view.skipped += skipped
    if (exchanges.some(one => one.rules)) onState()
    view.rows = [...exchanges.reverse(), ...view.rows].slice(0, KEEP)
    schedule()
  }
  source.addEventListener('reset', () => { view.rows = []; view.selected = null; schedule(); if (view.detail?.isConnected) detail() })
  source.addEventListener('state', () => { onState(); if (view.list?.isConnected) attempt(waiting) })
}

let due = false
function schedule () {
  if (due) return
  due = true
  requestAnimationFrame(() => { due = false; if (view.list?.isConnected) render() })
}

function fits (row) {
  if (view.only === 'errors' && row.status < 400 && !row.wire) return false
  if (view.only === 'rules' && !row.rules) return false
  if (view.only === 'slow' && row.took_ms < 100) return false
  const text = `${row.method} ${row.target} ${row.endpoint} ${row.status} ${(row.rules || []).join(' ')}`.toLowerCase()
  return view.filter.toLowerCase().split(/\s+/).every(word => text.includes(word))
}

function render () {
  const rows = view.rows.filter(fits)
  if (!rows.length) {
    const text = view.rows.length ? 'Nothing fits the filter.' : 'No requests yet. Point a client at this server:'
    view.list.replaceChildren(h('li', {}, h('div.empty', {}, text, view.rows.length ? '' : h('code', {}, `curl ${location.origin}/_cat/health`))))
    return
  }
  view.list.replaceChildren(...rows.map(row => h('li', {}, line(row))))
}

function line (row) {
  const notes = [row.endpoint, `${row.took_ms.toFixed(1)} ms`, size(row.response_bytes)]
  return h('button.row.call', { 'aria-current': String(row.number === view.selected), 'data-number': row.number, onclick: () => select(row.number) },
    h(statusClass(row.wire && row.wire !== 'drip' ? 0 : row.status), {}, row.wire && row.wire !== 'drip' ? '✕' : String(row.status)),
    h('span', {}, row.method), h('span.target', { title: row.target }, row.target), h('span.quiet', {}, `#${row.number}`),
    h('span.more', {}, notes.filter(Boolean).join(' · '), ...(row.rules || []).map(rule => h('span.badge.warn', {}, rule)),
      row.wire ? h('span.badge.bad', {}, row.wire) : null, row.warnings ? h('span.badge.warn', {}, 'deprecated') : null))
}

function size (bytes) {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} kB`
}

function select (number) {
  view.selected = number
  for (const row of view.list.querySelectorAll('.row')) row.setAttribute('aria-current', String(Number(row.dataset.number) === number))
  attempt(detail)
}

async function detail () {
  if (view.selected === null) {
    view.detail.replaceChildren(h('div.empty', {}, 'Choose a request to see it beside its answer.'))
    return
  }
  const one = await api('GET', `/v1/journal/${view.selected}`)
  const copies = [['console', 'Console'], ['curl', 'curl']].map(([kind, text]) => h('button', { 'data-copy': kind, onclick: () => copy(as[kind](one), text) }, `Copy as ${text}`))
  view.detail.replaceChildren(
    h('div.head', {}, h(statusClass(one.status), {}, String(one.status)), h('h2', {}, `${one.method} ${one.target}`), h('div.group', {}, ...copies),
      h('div.meta', {}, h('span.badge', {}, one.endpoint || 'no route'), `${one.took_ms.toFixed(2)} ms · ${new Date(one.at_ms).toISOString()}`,
        ...(one.rules || []).map(rule => h('span.badge.warn', {}, rule)))),
    ...(one.warnings || []).map(text => h('p.badge.warn', {}, text)),
    h('div.both', {}, side('Request', one.request), side('Answer', one.response || { headers: [], body: '' })))
}

function side (title, part) {
  const table = h('table.headers', {}, h('tbody', {}, ...part.headers.map(([name, value]) => h('tr', {}, h('th', { scope: 'row' }, name), h('td', {}, value)))))
  return h('div.card', {}, h('h3', {}, title, h('span', {}, size(new TextEncoder().encode(part.body).length))),
    part.body ? json(part.body) : h('pre.quiet', {}, 'no body'), h('details', {}, h('summary', {}, `${part.headers.length} headers`), table))
}

const as = {
  console: one => `${one.method} ${one.target}` + (one.request.body ? '\n' + (pretty(one.request.body) ?? one.request.body) : ''),
  curl: one => {
    const headers = one.request.headers.filter(([name]) => name === 'content-type').map(([name, value]) => ` -H '${name}: ${value}'`).join('')
    const body = one.request.body ? ` --data-binary '${one.request.body.replaceAll("'", "'\\''")}'` : ''
    const space = state.space === 'default' ? '' : `/_esmock/in/${state.space}`
    return `curl -X${one.method} '${location.origin}${space}${one.target}'${headers}${body}`
  }
}

/** Requests that are held: let one go, or all. */
async function waiting () {
  const { on, waiting } = await api('GET', '/v1/pause')
  document.getElementById('pause').setAttribute('aria-checked', String(on))
  const goOn = number => attempt(async () => { await api('POST', `/v1/pause/${number}/continue`) })
  view.waiting.replaceChildren(...(on || waiting.length
    ? [h('div.waiting', {}, h('strong', {}, waiting.length ? `${waiting.length} waiting` : 'Paused: requests will wait here'),
        ...waiting.map(one => h('button', { onclick: () => goOn(one.number) }, `▶ ${one.method} ${one.target}`)))]
    : []))
}

/** Keys of this view; true when one was meant. */
export function key (event) {
  if (event.key === 'j' || event.key === 'k') {
    const rows = [...view.list.querySelectorAll('.row')]
    const at = rows.findIndex(row => row.getAttribute('aria-current') === 'true')
    const next = rows[event.key === 'j' ? at + 1 : Math.max(at - 1, 0)]
    if (next) { select(Number(next.dataset.number)); next.focus(); next.scrollIntoView({ block: 'nearest' }) }
  } else if (event.key === '/') document.getElementById('filter').focus()
  else if (event.key === 'c' || event.key === 'u') view.detail.querySelector(`[data-copy="${event.key === 'c' ? 'console' : 'curl'}"]`)?.click() ?? toast('Choose a request first')
  else return false
  return true
}
